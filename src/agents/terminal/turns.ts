/**
 * The turn of a session: begun, judged with every piece of news, ended once. Its end is told when
 * all that the agent wrote until then is in the log.
 */

import type { Instant } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import { waitFor } from "../../lib/notifier.ts";
import { Activity } from "../activity.ts";
import type { TurnEnd } from "../driver.ts";
import type { Profile } from "../profile/profile.ts";
import type { SessionLog } from "../session-log.ts";
import { Alarm } from "./alarm.ts";
import type { EventStream } from "./event-stream.ts";
import type { LiveAgent } from "./live-agent.ts";
import { judgeTurn, type Limit, type RunningTurn, seeTurn } from "./turn.ts";

export interface TurnParts {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly stream: EventStream;
  /** How long an interrupted agent has to stop by itself. */
  readonly stopMs: number;
  /** Takes care of work that goes on by itself. */
  readonly track: (work: Promise<void>) => void;
}

export interface Turn {
  state: RunningTurn;
  readonly live: LiveAgent;
  /** What the screen showed before the prompt was given. */
  readonly before: readonly string[];
  readonly activity: Activity;
  readonly over: PromiseWithResolvers<void>;
  /** Set once its end is known. */
  ending: Promise<void> | null;
}

export class Turns implements Disposable {
  readonly #parts: TurnParts;
  readonly #alarm: Alarm;
  #turn: Turn | null = null;
  #wasInterrupted = false;

  constructor(parts: TurnParts) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock, () => this.judge());
  }

  /** The one that runs. */
  get turn(): Turn | null {
    return this.#turn;
  }

  /** The last one. */
  get wasInterrupted(): boolean {
    return this.#wasInterrupted;
  }

  begin(promptId: string, live: LiveAgent, before: readonly string[]): void {
    const { stream, clock } = this.#parts;
    stream.tell({ type: "accepted", promptId });
    stream.tell({ type: "turn_started", promptId });
    const hasBegun = live.takeWork();
    this.#turn = {
      state: { promptId, acceptedAt: stream.now(), hasBegun, isInterrupted: false },
      live,
      before,
      activity: new Activity((says) => stream.tell({ type: "activity", says }, "screen"), clock),
      over: Promise.withResolvers<void>(),
      ending: null,
    };
    live.watch.isTurn = true;
    this.judge();
  }

  /** With every piece of news. */
  judge(): void {
    const turn = this.#turn;
    if (turn === null || turn.ending !== null) return;
    const { watch } = turn.live;
    const { look, fusion, atRestSince, changedAt } = watch;
    turn.state = seeTurn(turn.state, fusion);
    if (look === null || turn.live.ended !== null) return;
    const { clock, profile, track } = this.#parts;
    const sight = { now: clock.now(), fusion, reading: look.reading, atRestSince, changedAt };
    const step = judgeTurn(turn.state, sight, profile);
    this.#alarm.set(step.do === "watch_until" ? step.until : null);
    if (step.do === "end") track(this.end(turn, step.end, step.limit));
  }

  /** Resolves when its end has been told. */
  end(turn: Turn, end: TurnEnd, limit: Limit | null = null): Promise<void> {
    turn.ending ??= this.#tellEnd(turn, end, limit);
    return turn.ending;
  }

  /**
   * Asks the agent to stop, as a person would; resolves when it has, with `true`, or when it has
   * taken too long.
   */
  async stop(turn: Turn): Promise<boolean> {
    const { live } = turn;
    const { profile, log } = this.#parts;
    turn.state = { ...turn.state, isInterrupted: true };
    await log.note("interrupted");
    const isAtRest = live.watch.fusion.state === "idle" && turn.state.hasBegun;
    if (!isAtRest && live.ended === null) await live.keyboard.press(profile.keys.interrupt);
    this.judge();
    return await this.#isOverBy(turn, this.#parts.clock.now() + this.#parts.stopMs);
  }

  /** Nobody waits for it any more, and its end is told by other means. */
  drop(): void {
    const turn = this.#turn;
    this.#turn = null;
    turn?.activity[Symbol.dispose]();
    turn?.over.resolve();
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  async #isOverBy(turn: Turn, until: Instant): Promise<boolean> {
    const { clock } = this.#parts;
    let isOver = false;
    const over = turn.over.promise.then(() => {
      isOver = true;
    });
    await waitFor({ clock, signal: new AbortController().signal, until }, over);
    return isOver;
  }

  async #tellEnd(turn: Turn, end: TurnEnd, limit: Limit | null): Promise<void> {
    const { live } = turn;
    const { log, stream } = this.#parts;
    const { promptId, isInterrupted } = turn.state;
    this.#alarm.set(null);
    live.watch.isTurn = false;
    await live.logged;
    const says = live.lastWords(turn.before);
    live.asks.close("its turn is over");
    const told: TurnEnd = isInterrupted ? { result: "interrupted" } : end;
    await log.note(told.result === "failed" ? `turn failed: ${told.why}` : `turn ${told.result}`);
    await live.window.keep({ id: promptId, at: stream.now(), phase: "over" }).catch(() => {
      // Its window is gone: nobody will take it up.
    });
    turn.activity[Symbol.dispose]();
    this.#turn = null;
    this.#wasInterrupted = isInterrupted;
    if (limit !== null) {
      const until = limit.until === null ? "" : ` (${limit.until})`;
      stream.tell({ type: "limit", until: null, says: `${limit.says}${until}` }, "screen");
    }
    stream.tell({ type: "turn_ended", promptId, end: told, says });
    turn.over.resolve();
  }
}

/**
 * The turn of a session: begun, judged with every piece of news, ended once. Its end is told when
 * all that the agent wrote until then is in the log.
 */

import type { Limit, Source, Usage } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import { type Clock, timeOfDay } from "../../lib/clock.ts";
import { waitFor } from "../../lib/notifier.ts";
import { Activity } from "../activity.ts";
import type { TurnEnd } from "../driver.ts";
import type { EventStream } from "../event-stream.ts";
import { readLimit } from "../limit-words.ts";
import type { Profile } from "../profile/profile.ts";
import type { SessionLog } from "../session-log.ts";
import { Alarm } from "./alarm.ts";
import type { LiveAgent } from "./live-agent.ts";
import { judgeTurn, type RunningTurn, seeTurn } from "./turn.ts";

export interface TurnParts {
  readonly profile: Profile;
  readonly clock: Clock;
  /** Of the clock that the agent reads. */
  readonly zone: string;
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
  /** When its prompt was submitted. */
  readonly givenAt: Instant;
  /** What the screen showed before the prompt was given. */
  readonly before: readonly string[];
  readonly activity: Activity;
  readonly over: PromiseWithResolvers<void>;
  /** Set once its end is known. */
  ending: Promise<void> | null;
}

/** `says`: its last words; empty: those on the screen. */
interface Ending {
  readonly end: TurnEnd;
  readonly limit: Limit | null;
  readonly says: string;
  readonly source: Source;
}

interface Heard {
  readonly live: LiveAgent;
  readonly says: string;
  readonly source: Source;
  readonly at: Instant;
}

interface Used {
  readonly live: LiveAgent;
  readonly usage: Usage;
  readonly at: Instant;
}

export class Turns implements Disposable {
  readonly #parts: TurnParts;
  readonly #alarm: Alarm;
  #turn: Turn | null = null;
  #wasInterrupted = false;
  /** The words that were heard last. */
  #last: Heard | null = null;
  #used: Used | null = null;

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
      givenAt: live.window.mark?.at ?? stream.now(),
      before,
      activity: new Activity((says) => {
        stream.tell({ type: "activity", says }, this.#last?.source);
      }, clock),
      over: Promise.withResolvers<void>(),
      ending: null,
    };
    live.watch.isTurn = true;
    // A turn may be over before it is known that the agent has its prompt.
    if (this.#last?.live === live && this.#last.at >= this.#turn.givenAt) this.#tellLast();
    const used = this.#used;
    if (used?.live === live && used.at >= this.#turn.givenAt) this.#tellUsage(used.usage);
    this.judge();
  }

  /** Something that is progress: of the turn that runs, or that will be known to in a moment. */
  activity(live: LiveAgent, says: string, source: Source): void {
    this.#last = { live, says, source, at: this.#parts.clock.now() };
    if (this.#turn?.live === live) this.#tellLast();
  }

  /** Of the turn so far: of the one that runs, or that will be known to in a moment. */
  usage(live: LiveAgent, usage: Usage): void {
    this.#used = { live, usage, at: this.#parts.clock.now() };
    if (this.#turn?.live === live) this.#tellUsage(usage);
  }

  /** What is told before its turn is known has no turn to be told of. */
  compacting(live: LiveAgent, says: string): void {
    if (this.#turn?.live === live) this.#parts.stream.tell({ type: "compacting", says }, "hook");
  }

  /** With every piece of news. */
  judge(): void {
    const turn = this.#turn;
    if (turn === null || turn.ending !== null) return;
    const { watch } = turn.live;
    const { look, fusion, atRestSince, changedAt } = watch;
    turn.state = seeTurn(turn.state, fusion);
    if (look === null || turn.live.ended !== null) return;
    const { clock, zone, profile, track } = this.#parts;
    const { reading } = look;
    const { beside } = turn.live;
    const told = beside?.endSince(turn.givenAt) ?? null;
    const tells = beside?.tells === true;
    const sight = { now: clock.now(), fusion, reading, atRestSince, changedAt, told, tells };
    const step = judgeTurn(turn.state, sight, profile);
    this.#alarm.set(step.do === "watch_until" ? step.until : null);
    if (step.do === "end") {
      const { end, limit: words } = step;
      const limit = words === null ? null : readLimit(words, timeOfDay(clock), zone);
      track(this.#endBy(turn, { end, limit, says: "", source: "screen" }));
    } else if (step.do === "end_as_told") {
      track(this.#endBy(turn, { ...step.told, source: "hook" }));
    }
  }

  /** Resolves when its end has been told. */
  end(turn: Turn, end: TurnEnd): Promise<void> {
    return this.#endBy(turn, { end, limit: null, says: "", source: "process" });
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

  #tellUsage(usage: Usage): void {
    this.#parts.stream.tell({ type: "usage", usage }, "transcript");
  }

  #tellLast(): void {
    if (this.#last !== null) this.#turn?.activity.line(this.#last.says);
  }

  #endBy(turn: Turn, ending: Ending): Promise<void> {
    turn.ending ??= this.#tellEnd(turn, ending);
    return turn.ending;
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

  async #tellEnd(turn: Turn, ending: Ending): Promise<void> {
    const { end, limit, source } = ending;
    const { live } = turn;
    const { log, stream } = this.#parts;
    const { promptId, isInterrupted } = turn.state;
    this.#alarm.set(null);
    live.watch.isTurn = false;
    // One that tells its end by itself may do so before its last words have settled on the screen.
    await (source === "hook" ? live.logNow() : live.logged);
    const says = ending.says || live.lastWords(turn.before);
    live.asks.close("its turn is over");
    const told: TurnEnd = isInterrupted ? { result: "interrupted" } : end;
    await log.note(told.result === "failed" ? `turn failed: ${told.why}` : `turn ${told.result}`);
    await live.window.keep({ id: promptId, at: stream.now(), phase: "over" }).catch(() => {
      // Its window is gone: nobody will take it up.
    });
    turn.activity[Symbol.dispose]();
    this.#turn = null;
    this.#wasInterrupted = isInterrupted;
    if (limit !== null) stream.tell({ type: "limit", limit }, source);
    stream.tell({ type: "turn_ended", promptId, end: told, says }, source);
    turn.over.resolve();
  }
}

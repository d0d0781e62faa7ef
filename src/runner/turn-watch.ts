/**
 * The watch over one turn of an attempt: what the agent tells and what a closer look finds go in,
 * the step that `domain/watch.ts` decides comes out. What is quiet is told as the attempt's phase.
 */

import type { AgentEvent, Session } from "../agents/driver.ts";
import type { Evidence, Source } from "../domain/agent.ts";
import type { SeenState } from "../domain/evidence.ts";
import type { HandoffStep } from "../domain/handoff.ts";
import type { Instant } from "../domain/id.ts";
import { nextStep, type WatchStep, type WatchTimes } from "../domain/watch.ts";
import {
  beginWatch,
  isDrawn,
  takeNews,
  type WatchedTurn,
  type WatchNews,
} from "../domain/watched-turn.ts";
import type { Clock } from "../lib/clock.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import type { Desk } from "./desk.ts";
import type { FillWatch } from "./fill-watch.ts";
import type { ToolWatch } from "./tool-watch.ts";
import { isTrouble } from "./trouble.ts";

export interface TurnWatchParts {
  readonly clock: Clock;
  /** Reminders that the attempt has had already. */
  readonly nudges: number;
  readonly times: WatchTimes;
  readonly desk: Desk;
  readonly workspace: Pick<Workspace, "glance">;
  readonly tools: ToolWatch;
  readonly fill: FillWatch;
}

/** What is to be done, when all looks are done. */
export type Rung =
  | Exclude<WatchStep, { readonly do: "look" }>
  | ({ readonly do: "hand_off" } & Omit<Extract<HandoffStep, { do: "execute" }>, "do">);

/**
 * What an agent is started with is running by then, and no model has answered yet (chosen): from
 * here on other processes are its tools.
 */
const launchMs = 1_000;

/** A screen shows a reminder as it comes: so long after it, drawn words are our own (chosen). */
const echoMs = 2_000;

export class TurnWatch {
  readonly #parts: TurnWatchParts;
  readonly #asks = new Set<string>();
  #turn: WatchedTurn | null = null;
  #state: SeenState | "unknown" = "working";
  #isHeld = false;
  /** When its processes are first counted; `null`: they were. */
  #censusAt: Instant | null = null;
  #files: string | null = null;
  /** The phase `quiet` is told, and not taken back. */
  #isQuiet = false;
  #source: Source = "process";
  /** A turn runs: what is told while it is being interrupted is no progress. */
  #isRunning = false;
  #echoUntil: Instant = 0;

  constructor(parts: TurnWatchParts) {
    this.#parts = parts;
  }

  /** It waits for a person, to answer it or to leave its keys alone. */
  get isWithPerson(): boolean {
    return this.#isHeld || this.#asks.size > 0;
  }

  /** The agent has its words; with a reminder its turn goes on. `state`: told last, if any was. */
  begin(at: Instant, state: SeenState | "unknown" | null): void {
    const { nudges, times } = this.#parts;
    if (this.#turn !== null) this.#echoUntil = at + echoMs;
    this.#turn ??= beginWatch(at, nudges);
    this.#isRunning = true;
    // An agent that is one process for each turn has been started anew.
    this.#censusAt = at + Math.min(launchMs, times.quietMs);
    if (state !== null) this.#see(state, at);
  }

  /** It is about to be interrupted. */
  pause(): void {
    this.#isRunning = false;
  }

  /** `true`: `next` may have something else to say now. */
  hear(event: AgentEvent): boolean {
    const isFull = this.#parts.fill.hear(event);
    return this.#hear(event) || isFull;
  }

  #hear(event: AgentEvent): boolean {
    switch (event.type) {
      case "activity":
        this.#say(event, event.says);
        return this.#isQuiet;
      case "ask_ruled":
        this.#say(event, `${event.says} ${event.why}`);
        return this.#isQuiet;
      case "usage":
        this.#say(event, "told what it has used");
        return this.#isQuiet;
      case "ask":
        this.#asks.add(event.ask.id);
        this.#say(event, event.ask.says);
        this.#see(this.#state, event.at);
        return true;
      case "ask_closed":
        this.#asks.delete(event.askId);
        this.#see(this.#state, event.at);
        return true;
      case "state":
        this.#see(event.state, event.at);
        return true;
      case "retrying":
        this.#see("retrying", event.at);
        return true;
      case "held":
        this.#isHeld = event.byPerson;
        return false;
      default:
        return false;
    }
  }

  /** A reminder, or the last prompt, has reached the agent. */
  nudged(isLast: boolean): void {
    this.#take({ type: isLast ? "last_prompt" : "nudged", at: this.#parts.clock.now() });
  }

  /** Looks as closely as it has to. */
  async next(session: Pick<Session, "look">): Promise<Rung> {
    const { clock, times } = this.#parts;
    for (;;) {
      const now = clock.now();
      if (this.#turn === null) throw new Error("its turn has not begun");
      if (this.#censusAt !== null && now >= this.#censusAt) {
        this.#censusAt = null;
        this.#parts.tools.begin(now);
      }
      const full = this.#parts.fill.due("in_turn");
      // A person who is at its keys, or is asked, has it in hand.
      if (full.do === "execute" && !this.isWithPerson) return { ...full, do: "hand_off" };
      const step = nextStep(this.#turn, times, now);
      if (step.do === "look") {
        await this.#look(session);
        continue;
      }
      // While it is told, the agent may have begun to ask.
      if (await this.#tellQuiet(step.do !== "wait" || step.isQuiet)) continue;
      if (step.do !== "wait" || this.#censusAt === null) return step;
      return { ...step, until: Math.min(step.until, this.#censusAt) };
    }
  }

  async #look(session: Pick<Session, "look">): Promise<void> {
    const { clock, tools } = this.#parts;
    const sight = await session.look?.();
    const files = await this.#lookAtFiles();
    const at = clock.now();
    // Until they are counted anew, the agent's own processes would look like tools.
    const tool = this.#censusAt === null ? tools.look(at) : null;
    const typedAt = this.#isHeld ? at : (sight?.typedAt ?? null);
    const life = tool ?? files;
    if (life !== null) this.#source = tool === null ? "git" : "process";
    this.#take({ type: "looked", at, life, typedAt, hasDialog: sight?.hasDialog ?? false });
  }

  async #lookAtFiles(): Promise<string | null> {
    try {
      const before = this.#files;
      this.#files = await this.#parts.workspace.glance();
      return before === null || before === this.#files ? null : "files of the workspace changed";
    } catch (error) {
      // A git of the agent's own is in the way: the next look tells.
      if (isTrouble(error)) return null;
      throw error;
    }
  }

  /** `true`: it was told. */
  async #tellQuiet(isQuiet: boolean): Promise<boolean> {
    const turn = this.#turn;
    if (turn === null || this.#isQuiet === isQuiet) return false;
    this.#isQuiet = isQuiet;
    // A phase of their own is told by what is seen of the agent.
    if (turn.state === "asking" || turn.state === "retrying") return false;
    const evidence = isQuiet ? quietEvidence(turn, this.#parts.clock.now()) : this.#lifeOf(turn);
    const phase = isQuiet ? "quiet" : "working";
    await this.#parts.desk.say({ type: "attempt_moved", phase, evidence: [evidence] });
    return true;
  }

  #lifeOf({ progress, progressAt }: WatchedTurn): Evidence {
    return { at: progressAt, source: this.#source, says: `it goes on: ${progress}` };
  }

  #say({ at, source }: AgentEvent, says: string): void {
    if (!this.#isRunning || (at < this.#echoUntil && isDrawn(source))) return;
    const before = this.#turn?.progressAt;
    this.#take({ type: "said", at, source, says });
    if (this.#turn?.progressAt !== before) this.#source = source;
  }

  #see(state: SeenState | "unknown", at: Instant): void {
    this.#state = state;
    this.#take({ type: "state", at, state: this.#asks.size > 0 ? "asking" : state });
  }

  #take(news: WatchNews): void {
    if (this.#turn !== null) this.#turn = takeNews(this.#turn, news);
  }
}

function quietEvidence({ progress, progressAt }: WatchedTurn, at: Instant): Evidence {
  const seconds = Math.round((at - progressAt) / 100) / 10;
  const last = progress === "" ? "" : `; the last was: ${progress}`;
  const says = `no progress for ${seconds} s, no tool at work, no file changed${last}`;
  return { at, source: "silence", says };
}

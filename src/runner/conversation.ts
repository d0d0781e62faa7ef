/**
 * One session of a slot, as turns: a prompt goes in, the end of the turn comes out. It reads the
 * session's events; whatever happens is a value, nothing throws.
 */

import type {
  AgentEvent,
  AttachHint,
  Prompt,
  Receipt,
  Session,
  TurnEnd,
} from "../agents/driver.ts";
import type { Limit, Usage } from "../domain/agent.ts";
import type { SeenState } from "../domain/evidence.ts";
import { withWindow } from "../domain/fullness.ts";
import type { Clock } from "../lib/clock.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import { AgentNews } from "./agent-news.ts";
import { AttemptUsage } from "./attempt-usage.ts";
import type { Desk } from "./desk.ts";
import type { Rung, TurnWatch } from "./turn-watch.ts";

/** What a turn is watched with. */
export type ConversationWatch = Pick<
  TurnWatch,
  "isWithPerson" | "begin" | "pause" | "hear" | "next"
>;

export type Turn = Course & {
  /** Why the agent could not go on, where it has said that it is limited. */
  readonly limit: Limit | null;
};

type Course =
  | { readonly kind: "ended"; readonly end: TurnEnd; readonly says: string }
  | { readonly kind: "not_accepted"; readonly why: string }
  /** The watch wants something else: it has been ended with all its processes. */
  | { readonly kind: "stopped"; readonly step: Exclude<Rung, { readonly do: "wait" }> }
  /** The session went away in the middle of it, and its agent with it. */
  | { readonly kind: "session_over"; readonly why: string }
  /** Ended from outside by the signal. */
  | { readonly kind: "cut" };

/** An end that was told is read within this time (chosen: it takes less than one). */
const readMs = 1_000;

export interface ConversationParts {
  /** What the agent's model takes at most, where a person has written it. */
  readonly window?: number | undefined;
  /** What was said outlives the agent's program. */
  readonly outlives?: boolean;
}

export class Conversation implements AsyncDisposable {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #parts: ConversationParts;
  readonly #changes = new Notifier();
  readonly #news: AgentNews;
  readonly #usage: AttemptUsage;
  readonly #reading: Promise<void>;
  /** Ends of turns, by the id of their prompt. */
  readonly #ends = new Map<string, { readonly end: TurnEnd; readonly says: string }>();
  #over: string | null = null;
  /** What the agent has met in its turn. */
  #limit: Limit | null = null;
  /** Of the turn that runs. */
  #watch: ConversationWatch | null = null;
  /** What the agent's state was told to be last. */
  #state: SeenState | "unknown" | null = null;
  /** Why its program has ended; `null`: it lives. */
  #gone: string | null = null;

  constructor(session: Session, clock: Clock, parts: ConversationParts = {}) {
    this.#parts = parts;
    this.#session = session;
    this.#clock = clock;
    this.#news = new AgentNews(session);
    this.#usage = new AttemptUsage((usage) => this.#news.tellUsage(usage));
    this.#reading = this.#read();
  }

  /** The session itself is over; another one must be started. */
  get isOver(): boolean {
    return this.#over !== null;
  }

  /**
   * Why its agent knows nothing of what was said: its program has ended, and the next prompt would
   * start another one. `null`: it knows.
   */
  get forgotten(): string | null {
    const why = this.#over ?? (this.#parts.outlives === true ? null : this.#gone);
    return why === null ? null : `its session has ended between two turns: ${why}`;
  }

  /** Of the attempt that it serves, or has served last. */
  get usage(): Usage | null {
    return this.#usage.whole;
  }

  /** How a person looks at it; `null`: it cannot be looked at. */
  get attach(): AttachHint | null {
    return this.#session.attach ?? null;
  }

  /**
   * What the session tells beside its turns goes to this desk until it is disposed of. `used`: by
   * earlier turns of the same attempt.
   */
  serve(desk: Desk, used: Usage | null): AsyncDisposable {
    this.#usage.begin(used);
    return this.#news.serve(desk);
  }

  /**
   * Sends the prompt and waits for the end of its turn. `onAccepted` is called when the agent has
   * it. A turn that the watch stops, or that is cut, has been ended with all its processes.
   */
  async takeTurn(
    prompt: Prompt,
    how: {
      readonly watch: ConversationWatch;
      readonly signal: AbortSignal;
      readonly onAccepted: () => Promise<void>;
      /** So long it may take to be accepted; absent: as long as it takes. */
      readonly acceptMs?: number;
    },
  ): Promise<Turn> {
    this.#limit = null;
    const turn = await this.#takeTurn(prompt, how);
    // What was met before a turn that came to its end has passed.
    const isWell = turn.kind === "ended" && turn.end.result === "completed";
    return { ...turn, limit: isWell || turn.kind === "cut" ? null : this.#limit };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
    await this.#reading;
  }

  async #takeTurn(prompt: Prompt, how: Parameters<Conversation["takeTurn"]>[1]): Promise<Course> {
    if (how.signal.aborted) return { kind: "cut" };
    this.#watch = how.watch;
    try {
      return await this.#giveAndWait(prompt, how);
    } finally {
      this.#watch = null;
    }
  }

  async #giveAndWait(
    prompt: Prompt,
    how: Parameters<Conversation["takeTurn"]>[1],
  ): Promise<Course> {
    const receipt = await this.#send(prompt, how);
    if (receipt === "cut") return { kind: "cut" };
    if (!receipt.accepted) {
      return this.#over === null
        ? { kind: "not_accepted", why: receipt.why }
        : { kind: "session_over", why: this.#over };
    }
    await how.onAccepted();
    how.watch.begin(receipt.at, this.#state);
    return this.#untilOver(prompt, how);
  }

  async #untilOver(
    { id }: Prompt,
    { watch, signal }: Parameters<Conversation["takeTurn"]>[1],
  ): Promise<Course> {
    for (;;) {
      const change = this.#changes.next();
      if (signal.aborted) break;
      const over = this.#overBy(id);
      if (over !== null) return over;
      const step = await watch.next(this.#session);
      if (step.do !== "wait") {
        // It may have come to its end, or begun to ask, while it was looked at.
        const isOver = signal.aborted || this.#overBy(id, "kept") !== null;
        if (!isOver) return this.#stop(id, step);
        continue;
      }
      try {
        await waitFor({ clock: this.#clock, signal, until: step.until }, change);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
    await this.#session.interrupt();
    return { kind: "cut" };
  }

  async #stop(id: string, step: Extract<Course, { kind: "stopped" }>["step"]): Promise<Course> {
    this.#watch?.pause();
    await this.#session.interrupt();
    // Its end is told by now, and may not have been read.
    const until = this.#clock.now() + readMs;
    while (this.#overBy(id, "kept") === null && this.#clock.now() < until) {
      const { signal } = new AbortController();
      await waitFor({ clock: this.#clock, signal, until }, this.#changes.next());
    }
    const over = this.#overBy(id);
    // Nothing was interrupted that had come to its end by itself in that moment.
    const isByItself = over?.kind === "ended" && over.end.result !== "interrupted";
    return isByItself || over?.kind === "session_over" ? over : { kind: "stopped", step };
  }

  #overBy(id: string, afterwards: "forgotten" | "kept" = "forgotten"): Course | null {
    const ended = this.#ends.get(id);
    if (afterwards === "forgotten") this.#ends.delete(id);
    if (ended !== undefined) return { kind: "ended", ...ended };
    return this.#over === null ? null : { kind: "session_over", why: this.#over };
  }

  /** An agent may take its time: it may show a dialog, or a person may be at its keys. */
  async #send(
    prompt: Prompt,
    { signal, acceptMs, watch }: Parameters<Conversation["takeTurn"]>[1],
  ): Promise<Receipt | "cut"> {
    const interrupt = (): void => {
      void this.#session.interrupt();
    };
    signal.addEventListener("abort", interrupt, { once: true });
    const sent = new AbortController();
    if (acceptMs !== undefined)
      void this.#afterwards(acceptMs, sent.signal, watch).then(interrupt, noted);
    try {
      const receipt = await this.#session.send(prompt);
      return signal.aborted && !receipt.accepted ? "cut" : receipt;
    } finally {
      sent.abort(new Error("it was sent"));
      signal.removeEventListener("abort", interrupt);
    }
  }

  /** Rejects when the signal comes first. A person's time does not count. */
  async #afterwards(ms: number, signal: AbortSignal, watch: ConversationWatch): Promise<void> {
    do await this.#clock.until(this.#clock.now() + ms, signal);
    while (watch.isWithPerson);
  }

  async #read(): Promise<void> {
    for await (const event of this.#session.events) this.#take(event);
    this.#over ??= "the session ended";
    this.#changes.notify();
  }

  #take(told: AgentEvent): void {
    const event =
      told.type === "usage" ? { ...told, usage: withWindow(told.usage, this.#parts.window) } : told;
    this.#news.take(event);
    if (event.type === "state") {
      this.#state = event.state;
      this.#gone = event.state === "offline" ? (event.because[0]?.says ?? "it is gone") : null;
    }
    if (this.#watch?.hear(event) === true) this.#changes.notify();
    switch (event.type) {
      case "turn_ended":
        this.#usage.endTurn(event.at);
        this.#ends.set(event.promptId, { end: event.end, says: event.says });
        this.#changes.notify();
        return;
      case "usage":
        this.#usage.take(event.usage, event.at);
        return;
      case "limit":
        this.#limit = event.limit;
        return;
      case "ended":
        this.#over = event.why;
        this.#changes.notify();
        return;
      case "ready":
      case "accepted":
      case "compacting":
      case "turn_started":
      case "activity":
      case "ask":
      case "ask_ruled":
      case "ask_closed":
      case "state":
      case "held":
      case "retrying":
        return;
    }
  }
}

/** It was sent in time. */
function noted(): void {}

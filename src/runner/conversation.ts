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
import type { Usage } from "../domain/agent.ts";
import type { Clock } from "../lib/clock.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import { AgentNews } from "./agent-news.ts";
import type { Desk } from "./desk.ts";

export type Turn =
  | { readonly kind: "ended"; readonly end: TurnEnd; readonly says: string }
  | { readonly kind: "not_accepted"; readonly why: string }
  | { readonly kind: "timed_out" }
  /** The session went away in the middle of it, and its agent with it. */
  | { readonly kind: "session_over"; readonly why: string }
  /** Ended from outside by the signal. */
  | { readonly kind: "cut" };

export class Conversation implements AsyncDisposable {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #changes = new Notifier();
  readonly #news: AgentNews;
  readonly #reading: Promise<void>;
  /** Ends of turns, by the id of their prompt. */
  readonly #ends = new Map<string, { readonly end: TurnEnd; readonly says: string }>();
  #over: string | null = null;
  #usage: Usage | null = null;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    this.#news = new AgentNews(session);
    this.#reading = this.#read();
  }

  /** The session itself is over; another one must be started. */
  get isOver(): boolean {
    return this.#over !== null;
  }

  get usage(): Usage | null {
    return this.#usage;
  }

  /** How a person looks at it; `null`: it cannot be looked at. */
  get attach(): AttachHint | null {
    return this.#session.attach ?? null;
  }

  /** What the session tells beside its turns goes to this desk until it is disposed of. */
  serve(desk: Desk): AsyncDisposable {
    return this.#news.serve(desk);
  }

  /**
   * Sends the prompt and waits for the end of its turn. `onAccepted` is called when the agent has
   * it. A turn that outlasts `turnMs`, or is cut, has been ended with all its processes.
   */
  async takeTurn(
    prompt: Prompt,
    how: {
      readonly turnMs: number;
      readonly signal: AbortSignal;
      readonly onAccepted: () => Promise<void>;
    },
  ): Promise<Turn> {
    if (how.signal.aborted) return { kind: "cut" };
    const receipt = await this.#send(prompt, how.signal);
    if (receipt === "cut") return { kind: "cut" };
    if (!receipt.accepted) {
      return this.#over === null
        ? { kind: "not_accepted", why: receipt.why }
        : { kind: "session_over", why: this.#over };
    }
    await how.onAccepted();
    const until = receipt.at + how.turnMs;
    for (;;) {
      const change = this.#changes.next();
      const ended = this.#ends.get(prompt.id);
      if (how.signal.aborted) break;
      if (ended !== undefined) {
        this.#ends.delete(prompt.id);
        return { kind: "ended", ...ended };
      }
      if (this.#over !== null) return { kind: "session_over", why: this.#over };
      if (this.#clock.now() >= until) {
        await this.#session.interrupt();
        return { kind: "timed_out" };
      }
      try {
        await waitFor({ clock: this.#clock, signal: how.signal, until }, change);
      } catch (error) {
        if (!how.signal.aborted) throw error;
      }
    }
    await this.#session.interrupt();
    return { kind: "cut" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
    await this.#reading;
  }

  /** An agent may take its time: it may show a dialog, or a person may be at its keys. */
  async #send(prompt: Prompt, signal: AbortSignal): Promise<Receipt | "cut"> {
    const interrupt = (): void => {
      void this.#session.interrupt();
    };
    signal.addEventListener("abort", interrupt, { once: true });
    try {
      const receipt = await this.#session.send(prompt);
      return signal.aborted && !receipt.accepted ? "cut" : receipt;
    } finally {
      signal.removeEventListener("abort", interrupt);
    }
  }

  async #read(): Promise<void> {
    for await (const event of this.#session.events) this.#take(event);
    this.#over ??= "the session ended";
    this.#changes.notify();
  }

  #take(event: AgentEvent): void {
    this.#news.take(event);
    switch (event.type) {
      case "turn_ended":
        this.#ends.set(event.promptId, { end: event.end, says: event.says });
        this.#changes.notify();
        return;
      case "usage":
        this.#usage = event.usage;
        return;
      case "ended":
        this.#over = event.why;
        this.#changes.notify();
        return;
      case "ready":
      case "accepted":
      case "turn_started":
      case "activity":
      case "ask":
      case "ask_closed":
      case "state":
      case "held":
      case "limit":
      case "retrying":
        return;
    }
  }
}

/**
 * An agent at its exercises: one session after the other through the contract of drivers, prompts
 * given, the ends of turns awaited. Whatever goes wrong is a sentence, nothing throws but a bug and
 * the signal's abort.
 */

import { randomUUID } from "node:crypto";
import path from "node:path";
import type { AgentEvent, Driver, Prompt, Receipt, Session } from "../agents/driver.ts";
import type { AgentSpec, Autonomy } from "../domain/agent.ts";
import type { AgentAsk, Answer } from "../domain/ask.ts";
import { type Instant, slotId } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import type { ProcessRow } from "../lib/process-table.ts";
import { findByEnvironment } from "../lib/process-tree.ts";
import { writeText } from "../lib/text-file.ts";
import type { Wish, Words } from "./exercise-words.ts";

export interface StageParts {
  readonly clock: Clock;
  readonly driver: Driver;
  readonly agent: AgentSpec;
  readonly workspace: string;
  /** A directory of the test's own, outside the workspace. */
  readonly directory: string;
  readonly logFile: string;
  readonly words: Words;
  /** How long a start, a receipt or a turn may take. */
  readonly turnMs: number;
  readonly signal: AbortSignal;
}

/** How a turn went. */
export interface Taken {
  /** Why it did not come to its end as it should; `null`: it did. */
  readonly trouble: string | null;
  readonly asks: readonly AgentAsk[];
}

export interface How {
  /** `task`: it begins with an empty conversation, where the agent can do that. */
  readonly kind: Prompt["kind"];
  /** What is answered to an ask; `null`: nothing, and the turn is ended. */
  readonly answer?: (ask: AgentAsk) => Answer | null;
}

export class ExerciseStage implements AsyncDisposable {
  readonly parts: StageParts;
  /** All that the sessions have told. */
  readonly events: AgentEvent[] = [];
  readonly #news = new Notifier();
  /** By which every process of the agent is found. */
  readonly #mark = `agents-test-${randomUUID()}`;
  #session: Session | null = null;
  #reading: Promise<void> = Promise.resolve();
  /** Why the session is over; `null`: it is not. */
  #over: string | null = null;
  #prompts = 0;

  constructor(parts: StageParts) {
    this.parts = parts;
  }

  get isOpen(): boolean {
    return this.#session !== null && this.#over === null;
  }

  /** Another session, after the one before was closed. `null`: it is ready, else why not. */
  async open(autonomy: Autonomy): Promise<string | null> {
    await this.close();
    const { clock, driver, workspace, directory, logFile, turnMs } = this.parts;
    // The person's rules are about their work; here it is asked what the agent itself does.
    const { rules: _, ...agent } = this.parts.agent;
    const late = new AbortController();
    const signal = AbortSignal.any([this.parts.signal, late.signal]);
    const started = driver.start(
      {
        slot: slotId(agent.name, 1),
        agent: { ...agent, autonomy },
        cwd: workspace,
        env: { TEMOIN_SLOT: this.#mark },
        logFile,
        privateDir: path.join(directory, "private"),
      },
      signal,
    );
    const timer = clock.until(clock.now() + turnMs, signal).then(
      () => late.abort(new AppError("failed", `it had not started after ${seconds(turnMs)}`)),
      () => undefined,
    );
    try {
      this.#session = await started;
    } catch (error) {
      this.parts.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      return error.hint === null ? error.message : `${error.message} ${error.hint}`;
    } finally {
      late.abort();
      await timer;
    }
    this.#over = null;
    const from = this.events.length;
    this.#reading = this.#read(this.#session);
    const isReady = () => this.events.slice(from).some(({ type }) => type === "ready");
    if (await this.until(isReady, turnMs)) return null;
    return this.#over ?? `it was not ready after ${seconds(turnMs)}`;
  }

  /** Gives a prompt and waits for the end of its turn. */
  async take(wish: Wish, { kind, answer }: How): Promise<Taken> {
    const begun = await this.begin(wish, kind);
    if (begun.trouble !== null) return { trouble: begun.trouble, asks: [] };
    return this.#follow(begun.id, answer ?? (() => null));
  }

  /** Gives a prompt; its turn goes on. */
  async begin(
    wish: Wish,
    kind: Prompt["kind"],
  ): Promise<{ readonly id: string; readonly trouble: string | null }> {
    const { clock, directory, words, turnMs } = this.parts;
    this.#prompts += 1;
    const id = `${this.#mark}/${this.#prompts}`;
    const session = this.#session;
    if (session === null || this.#over !== null) {
      return { id, trouble: this.#over ?? "there is no session" };
    }
    const text = `${words(wish)}\n`;
    const file = path.join(directory, "prompts", `${this.#prompts}.md`);
    await writeText(file, text);
    const env = {
      TEMOIN_TASK: "agents-test",
      TEMOIN_ATTEMPT: "1",
      TEMOIN_TURN: String(this.#prompts),
      TEMOIN_PROMPT_FILE: file,
    };
    let receipt: Receipt | null = null;
    const sending = session.send({ id, kind, text, file, env }).then((given) => {
      receipt = given;
    });
    await waitFor({ clock, signal: this.parts.signal, until: clock.now() + turnMs }, sending);
    const isLate = receipt === null;
    if (isLate) await session.interrupt();
    await sending;
    if (isLate) return { id, trouble: `it had not taken its prompt after ${seconds(turnMs)}` };
    return { id, trouble: troubleOf(receipt) };
  }

  /** How the turn of that prompt ends; `null`: not in that time. */
  async endOf(id: string, ms: number): Promise<Extract<AgentEvent, { type: "turn_ended" }> | null> {
    const find = () =>
      this.events.find((event) => event.type === "turn_ended" && event.promptId === id);
    await this.until(() => find() !== undefined, ms);
    const found = find();
    return found?.type === "turn_ended" ? found : null;
  }

  async interrupt(): Promise<void> {
    await this.#session?.interrupt();
  }

  /** Looks again whenever the agent has told something; `false`: not so in that time. */
  async until(isSo: () => boolean, ms: number): Promise<boolean> {
    const { clock, signal } = this.parts;
    const until: Instant = clock.now() + ms;
    for (;;) {
      const news = this.#news.next();
      if (isSo()) return true;
      if (this.#over !== null || clock.now() >= until) return false;
      await waitFor({ clock, signal, until }, news);
    }
  }

  /** The processes of the agent as they are now. */
  processes(): readonly ProcessRow[] {
    return findByEnvironment("TEMOIN_SLOT", this.#mark);
  }

  /** Ends the session; safe to repeat. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    await session[Symbol.asyncDispose]();
    await this.#reading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #follow(id: string, answer: (ask: AgentAsk) => Answer | null): Promise<Taken> {
    const { turnMs } = this.parts;
    const asks: AgentAsk[] = [];
    const from = this.events.findIndex(
      (event) => event.type === "accepted" && event.promptId === id,
    );
    for (;;) {
      const seen = () => this.events.slice(Math.max(0, from));
      const isOver = () => seen().some((one) => one.type === "turn_ended" && one.promptId === id);
      const isAsked = () => seen().filter(({ type }) => type === "ask").length > asks.length;
      const isNews = await this.until(() => isOver() || isAsked(), turnMs);
      const ended = seen().find((one) => one.type === "turn_ended" && one.promptId === id);
      if (ended?.type === "turn_ended") {
        const { end } = ended;
        if (end.result === "completed") return { trouble: null, asks };
        const why = end.result === "failed" ? end.why : "its turn was interrupted";
        return { trouble: why, asks };
      }
      if (!isNews) {
        const why = this.#over ?? `its turn had not ended after ${seconds(turnMs)}`;
        await this.interrupt();
        return { trouble: why, asks };
      }
      const asked = seen().filter((one) => one.type === "ask")[asks.length];
      if (asked?.type !== "ask") continue;
      asks.push(asked.ask);
      const given = answer(asked.ask);
      const receipt = given === null ? null : await this.#session?.answer?.(asked.ask.id, given);
      if (receipt?.accepted === true) continue;
      await this.interrupt();
      return { trouble: receipt?.why ?? `it asks: ${asked.ask.says}`, asks };
    }
  }

  async #read(session: Session): Promise<void> {
    for await (const event of session.events) {
      this.events.push(event);
      if (event.type === "ended") this.#over = event.why;
      this.#news.notify();
    }
    this.#over ??= "the session ended";
    this.#news.notify();
  }
}

function troubleOf(receipt: Receipt | null): string | null {
  return receipt === null || receipt.accepted ? null : receipt.why;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

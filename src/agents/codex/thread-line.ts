/**
 * The line to codex: one thread for the rounds of a task, a new one for the next task. Whatever
 * carries the messages hands them to `take`.
 *
 * The working directory of the server is the workspace, and no thread is asked for with one of its
 * own: then codex writes into the person's configuration that it is trusted (0.169.0).
 */

import { z } from "zod";
import type { Answer } from "../../domain/ask.ts";
import { type Clock, timeOfDay } from "../../lib/clock.ts";
import { Notifier, waitFor } from "../../lib/notifier.ts";
import type { AttachHint, Prompt } from "../driver.ts";
import type { Ear, Fact, Line, Taken } from "../protocol/line.ts";
import { toolServerMs, toolServerName } from "../tool-server.ts";
import type { ThreadSettings } from "./launch.ts";
import type { Peer } from "./peer.ts";
import { type Left, readLeft } from "./resumed.ts";
import { type Notice, Translation } from "./translate.ts";

export interface ThreadLineParts {
  readonly peer: Peer;
  readonly ear: Ear;
  readonly clock: Clock;
  readonly settings: ThreadSettings;
  /** Of the clock that codex reads. */
  readonly zone: string;
  /** It is given temoin's tools: a thread takes prompts when they are there, or failed to come. */
  readonly hasTools: boolean;
  /** Another client is there, which may answer what we do not know. */
  readonly hasCompany: boolean;
  /** Awaited before a prompt is given. */
  readonly onPrompt: (kept: KeptPrompt) => Promise<void>;
  /** Codex has a prompt in this thread. */
  readonly onGiven: (threadId: string) => void;
  /** Ends the agent with all its processes. Never rejects. */
  readonly end: () => Promise<void>;
  readonly attach: () => AttachHint | null;
}

/** What is needed to `resume`. */
export interface KeptPrompt {
  readonly thread: string;
  readonly prompt: string;
  /** Where its usage begins. */
  readonly mark: string;
}

const started = z.object({ thread: z.object({ id: z.string() }) });
/** That a server starts is told with the thread (0.169.0); one that does not, tells nothing (chosen). */
const firstWordMs = 2_000;
/** `starting`, `ready`, `failed` or `cancelled`. */
const serverStatus = z.object({ threadId: z.string(), name: z.string(), status: z.string() });
const begun = z.object({ turn: z.object({ id: z.string() }) });

export class ThreadLine implements Line {
  readonly #parts: ThreadLineParts;
  readonly #changes = new Notifier();
  #translation: Translation;
  /** As the server has answered it, before it is told to have begun. */
  #given: string | null = null;
  #isStopAsked = false;
  /** The turn of an earlier temoin's prompt: what comes of it waits for whoever takes it up. */
  #left: { readonly promptId: string; readonly facts: Fact[] } | null = null;
  /** Something was said in it before us. */
  #isOld = false;
  #isOver = false;
  /** By thread: how the server of our tools stands there, as told last. */
  readonly #servers = new Map<string, string>();

  constructor(parts: ThreadLineParts) {
    this.#parts = parts;
    this.#translation = new Translation({ threadId: "", zone: parts.zone });
  }

  /** Of now; empty before there is one. */
  get threadId(): string {
    return this.#translation.threadId;
  }

  get attach(): AttachHint | null {
    return this.#parts.attach();
  }

  /** Resolves with why it could not, else with `null`. */
  async begin(): Promise<string | null> {
    const { peer, settings, zone } = this.#parts;
    const reply = await peer.call("thread/start", settings);
    if (!reply.ok) return reply.why;
    const { data } = started.safeParse(reply.result);
    if (data === undefined) return "it does not say which thread it has begun";
    this.#translation = new Translation({ threadId: data.thread.id, zone });
    this.#given = null;
    this.#isOld = false;
    if (this.#parts.hasTools) await this.#untilEquipped(data.thread.id);
    return null;
  }

  /** Goes on in a thread of an earlier temoin. Resolves with why it could not, else with `null`. */
  async resume(kept: KeptPrompt): Promise<string | null> {
    const { peer, zone, clock } = this.#parts;
    const { thread: threadId, prompt: promptId, mark } = kept;
    this.#translation = new Translation({ threadId, zone });
    this.#translation.restore(mark);
    // What is pending comes with the answer or after it: nobody has taken its turn up yet.
    const left = { promptId, facts: [] as Fact[] };
    this.#left = left;
    const reply = await peer.call("thread/resume", { threadId });
    const found: Left | null = reply.ok ? readLeft(reply.result, promptId) : null;
    if (found === null) return reply.ok ? "it does not say what was said" : reply.why;
    const pending = left.facts.splice(0);
    this.#isOld = found.hasTurns;
    if (found.ours !== null)
      left.facts.push(...this.#translation.recall(found.ours, timeOfDay(clock)));
    else this.#left = null;
    if (found.other !== null) this.#tell(this.#translation.begin(found.other));
    this.#tell(pending);
    return null;
  }

  /** One value from the server. Resolves when what it told is in the log. */
  take(value: unknown): Promise<void> {
    const { peer, ear, clock, hasCompany } = this.#parts;
    const incoming = peer.take(value);
    if (incoming?.type === "notice") this.#noteServer(incoming);
    if (incoming?.type === "notice") this.#tell(this.#translation.hear(incoming, timeOfDay(clock)));
    if (incoming?.type === "request") {
      const facts = this.#translation.ask(incoming);
      if (facts !== null) this.#tell(facts);
      else if (!hasCompany) peer.refuse(incoming.id, `${incoming.method} is nothing temoin does`);
    }
    this.#changes.notify();
    return ear.written();
  }

  /** The server is gone, or cannot be reached any more. Only the first time counts. */
  lose(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.peer.close(why);
    this.#changes.notify();
    this.#parts.ear.tell({ type: "gone", why }, "process");
  }

  async give(prompt: Prompt): Promise<Taken> {
    const left = this.#left;
    this.#left = null;
    if (left?.promptId === prompt.id) {
      this.#tell(left.facts);
      this.#parts.onGiven(this.threadId);
      return { taken: true };
    }
    if (left !== null) await this.stop();
    if (left !== null || (this.#isOld && prompt.kind === "task")) {
      if (!(await this.clear())) return { taken: false, why: "no new thread could be begun" };
    }
    return await this.#give(prompt);
  }

  async answer(askId: string, answer: Answer): Promise<Taken> {
    const answering = this.#translation.answer(askId, answer);
    if (answering === null) return { taken: false, why: "it is no longer asked" };
    const { id, result } = answering;
    if (result === null) return { taken: true };
    if (!this.#parts.peer.respond(id, result)) return { taken: false, why: "codex is gone" };
    await this.#until(() => !this.#translation.isOpen(id));
    return this.#isOver ? { taken: false, why: "codex is gone" } : { taken: true };
  }

  /** The commands that codex has begun in the turn go on by themselves, unless they are ended too. */
  async stop(): Promise<void> {
    this.#isStopAsked = true;
    await this.#interrupt();
    // One that it is just about to begin is known when the turn is over.
    await this.#until(() => this.#translation.turnId === null && this.#given === null);
    await this.#endTerminals(this.threadId);
  }

  async clear(): Promise<boolean> {
    const { peer } = this.#parts;
    const before = this.threadId;
    const [why] = await Promise.all([this.begin(), this.#endTerminals(before)]);
    if (why !== null) return false;
    await peer.call("thread/unsubscribe", { threadId: before });
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#parts.end();
    this.#parts.peer.close("it was ended");
    this.#changes.notify();
  }

  async #give(prompt: Prompt): Promise<Taken> {
    const { peer, onPrompt, onGiven } = this.#parts;
    const { threadId } = this;
    this.#isStopAsked = false;
    // Before it is given: a thread that has a prompt of which nobody knows would be ended.
    const mark = this.#translation.mark();
    await onPrompt({ thread: threadId, prompt: prompt.id, mark });
    const reply = await peer.call("turn/start", {
      threadId,
      clientUserMessageId: prompt.id,
      input: [{ type: "text", text: prompt.text, text_elements: [] }],
    });
    if (!reply.ok) return { taken: false, why: reply.why };
    this.#given = begun.safeParse(reply.result).data?.turn.id ?? null;
    onGiven(threadId);
    return { taken: true };
  }

  async #interrupt(): Promise<void> {
    const turnId = this.#translation.turnId ?? this.#given;
    if (turnId === null) return;
    // Before it has begun it is refused; `#tell` asks again.
    await this.#parts.peer.call("turn/interrupt", { threadId: this.threadId, turnId });
  }

  async #endTerminals(threadId: string): Promise<void> {
    await this.#parts.peer.call("thread/backgroundTerminals/clean", { threadId });
  }

  #tell(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.type === "began" && this.#isStopAsked) void this.#interrupt();
      if (fact.type === "over") this.#given = null;
      if (this.#left !== null && fact.type !== "output") this.#left.facts.push(fact);
      else this.#parts.ear.tell(fact);
    }
  }

  /** A turn that begins before is without them, and nobody tells the model later (0.169.0). */
  async #untilEquipped(threadId: string): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = new AbortController();
    const since = clock.now();
    for (;;) {
      const change = this.#changes.next();
      const status = this.#servers.get(threadId);
      const until = since + (status === undefined ? firstWordMs : toolServerMs);
      const isDue = clock.now() >= until;
      if (this.#isOver || isDue || (status !== undefined && status !== "starting")) return;
      await waitFor({ clock, signal, until }, change);
    }
  }

  #noteServer({ method, params }: Notice): void {
    if (method !== "mcpServer/startupStatus/updated") return;
    const { data } = serverStatus.safeParse(params);
    if (data?.name === toolServerName) this.#servers.set(data.threadId, data.status);
  }

  /** Or until it is over with the line. */
  async #until(isSo: () => boolean): Promise<void> {
    for (;;) {
      const change = this.#changes.next();
      if (this.#isOver || isSo()) return;
      await change;
    }
  }
}

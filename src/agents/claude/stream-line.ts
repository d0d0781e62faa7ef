/**
 * The line to one `claude -p` that speaks JSON both ways. The process serves turn after turn, and is
 * warm before its first prompt: `initialize` is answered without a call of the model.
 */

import { randomUUID } from "node:crypto";
import type { Answer } from "../../domain/ask.ts";
import type { Instant } from "../../domain/id.ts";
import { AppError } from "../../lib/app-error.ts";
import { waitFor } from "../../lib/notifier.ts";
import type { Prompt, SessionRequest } from "../driver.ts";
import { wordsOf } from "../prompt-words.ts";
import { type JsonProcess, startJsonProcess } from "../protocol/json-process.ts";
import type { Ear, Line, Taken } from "../protocol/line.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { toolServerMs, toolServerName } from "../tool-server.ts";
import { emptyMemory, readMessage, type StreamMemory } from "./read-stream.ts";
import {
  type MessageOf,
  type PermissionRequest,
  parseMessage,
  type StreamMessage,
} from "./stream-message.ts";
import { ToolAsks } from "./tool-asks.ts";

export interface StreamLineParts {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  readonly args: readonly string[];
  /** Added to its environment; the agent's own counts more. */
  readonly env: Readonly<Record<string, string>>;
  /** It is given temoin's tools: prompts are given when they are there, or failed to come. */
  readonly hasTools: boolean;
  readonly resetOf: (words: string) => Instant | null;
}

/** Chosen; measured: 0.5 to 1 s, and to 5 s on a busy machine. */
const readyMs = 60_000;
/** From a prompt to `init`, which comes before any call of the model. Measured: 10 to 130 ms. */
const acceptMs = 60_000;
/** Between two questions whether a server has started (chosen). */
const lookMs = 100;
/** `/clear` takes no call of the model. Measured: 11 to 22 ms. */
const clearMs = 10_000;

export class StreamLine implements Line {
  readonly #parts: StreamLineParts;
  readonly #ear: Ear;
  readonly #process: JsonProcess;
  readonly #asks: ToolAsks;
  #memory: StreamMemory = emptyMemory;
  #onMessage: ((message: StreamMessage) => void) | null = null;
  #why: string | null = null;
  /** What comes meanwhile is of no turn. */
  #isClearing = false;
  /** Its next turn has not begun: an end that is told now is that of one before. */
  #isBefore = false;

  private constructor(parts: StreamLineParts, ear: Ear, process: JsonProcess) {
    this.#parts = parts;
    this.#ear = ear;
    this.#process = process;
    this.#asks = new ToolAsks({
      tell: (fact) => ear.tell(fact),
      respond: async (requestId, response) =>
        this.#respond({ subtype: "success", request_id: requestId, response }),
    });
  }

  static async open(parts: StreamLineParts, ear: Ear, signal: AbortSignal): Promise<StreamLine> {
    let line: StreamLine | null = null;
    const process = await startJsonProcess({
      ...parts,
      onValue: async (value) => {
        line?.take(value);
        await ear.written();
      },
      onText: (text) => {
        ear.tell({ type: "output", text });
        return ear.written();
      },
    });
    line = new StreamLine(parts, ear, process);
    try {
      await line.#warm(signal);
      if (parts.hasTools) await line.#untilEquipped(signal);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
    void process.gone.then((why) => line?.lose(why));
    return line;
  }

  async give(prompt: Prompt): Promise<Taken> {
    this.#isBefore = true;
    const accepted = this.#next((message) => isInit(message), acceptMs);
    if (!this.#say(wordsOf(prompt))) return { taken: false, why: this.#why ?? "it is gone" };
    const answer = await accepted;
    if (answer !== null) return { taken: true };
    if (this.#why !== null) return { taken: false, why: this.#why };
    // Whether it has the prompt cannot be known any more: it must not have it twice.
    await this[Symbol.asyncDispose]();
    return { taken: false, why: `it did not begin its turn within ${acceptMs / 1000} s` };
  }

  answer(askId: string, answer: Answer): Promise<Taken> {
    return this.#asks.answer(askId, answer);
  }

  async stop(): Promise<void> {
    this.#request("interrupt");
  }

  async clear(): Promise<boolean> {
    this.#isClearing = true;
    try {
      const isCleared = this.#next(({ type }) => type === "result", clearMs);
      if (!this.#say("/clear")) return false;
      const result = await isCleared;
      this.#memory = { ...this.#memory, contextUsed: null };
      return result?.type === "result" && result.num_turns === 0 && !result.is_error;
    } finally {
      this.#isClearing = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  /** One message of the CLI. */
  take(value: unknown): void {
    const message = parseMessage(value);
    if (message === null) return;
    if (message.type === "control_request") this.#open(message);
    if (message.type === "control_cancel_request") {
      this.#asks.cancel(message.request_id, "the agent no longer asks");
    }
    if (isInit(message)) this.#isBefore = false;
    this.#onMessage?.(message);
    if (this.#isClearing) return;
    if (message.type === "rate_limit_event") this.#heedOverage(message);
    const read = readMessage(this.#memory, message, this.#parts.resetOf);
    this.#memory = read.memory;
    if (message.type === "result" && this.#isBefore) return;
    if (message.type === "result") this.#asks.clear();
    for (const fact of read.facts) this.#ear.tell(fact);
  }

  /** With extra usage switched on no request is rejected any more, and money burns. */
  #heedOverage({
    rate_limit_info: { isUsingOverage, resetsAt },
  }: MessageOf<"rate_limit_event">): void {
    if (isUsingOverage !== true || this.#parts.request.agent.overage === true) return;
    const until = resetsAt === undefined ? null : resetsAt * 1000;
    const says = "what its plan holds is used up, and more is charged for (policy.overage)";
    this.#ear.tell({ type: "limit", limit: { kind: "usage", until, says } });
    this.#request("interrupt");
  }

  lose(why: string): void {
    this.#why = why;
    this.#ear.tell({ type: "gone", why });
  }

  async #warm(signal: AbortSignal): Promise<void> {
    const { name } = this.#parts.request.agent;
    const answered = this.#next(isResponse, readyMs, signal);
    this.#request("initialize");
    const answer = await answered;
    if (answer?.type === "control_response" && answer.response.subtype === "success") return;
    const error = answer?.type === "control_response" ? answer.response.error : undefined;
    const why = this.#why ?? error ?? `it was not ready within ${readyMs / 1000} s`;
    throw new AppError("failed", `Cannot start agent \`${name}\`: ${why}.`, {
      hint: `Start \`${this.#parts.request.agent.command[0]} -p hello\` by hand to see what it needs.`,
    });
  }

  /**
   * A turn that begins before is without the tools. The CLI tells only when it is asked; it waits for
   * 5 s by itself, which a busy machine needs more than (2.1.197).
   */
  async #untilEquipped(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.options;
    const until = clock.now() + toolServerMs;
    while (clock.now() < until && this.#why === null) {
      const answered = this.#next(isResponse, readyMs, signal);
      this.#request("mcp_status");
      const answer = await answered;
      const told = answer?.type === "control_response" ? answer.response.response : undefined;
      const ours = told?.mcpServers?.find(({ name }) => name === toolServerName);
      // One that does not know the question has no answer that could be waited for.
      if (ours?.status !== "pending") return;
      await clock.until(clock.now() + lookMs, signal);
    }
  }

  #open({ request_id: requestId, request }: PermissionRequest): void {
    const { subtype, tool_name: tool, input = {} } = request;
    if (subtype === "can_use_tool" && tool !== undefined) {
      this.#asks.open(requestId, { tool, input, cwd: this.#parts.request.cwd });
      return;
    }
    // A question of a later version: waited for, it would hang for ever.
    const error = `${subtype} is not known here`;
    this.#respond({ subtype: "error", request_id: requestId, error });
  }

  #respond(response: Readonly<Record<string, unknown>>): boolean {
    return this.#process.write({ type: "control_response", response });
  }

  #say(content: string): boolean {
    return this.#process.write({ type: "user", message: { role: "user", content } });
  }

  #request(subtype: string): void {
    this.#process.write({
      type: "control_request",
      request_id: randomUUID(),
      request: { subtype },
    });
  }

  /**
   * The first message that `isIt`; `null`: it did not come in time, or the agent is gone. Rejects with
   * the signal's reason.
   */
  async #next(
    isIt: (message: StreamMessage) => boolean,
    withinMs: number,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<StreamMessage | null> {
    const { clock } = this.#parts.options;
    const found = Promise.withResolvers<void>();
    let it: StreamMessage | null = null;
    this.#onMessage = (message) => {
      if (!isIt(message)) return;
      it ??= message;
      found.resolve();
    };
    try {
      const gone = this.#process.gone.then((why) => {
        this.#why ??= why;
      });
      const until = clock.now() + withinMs;
      await waitFor({ clock, signal, until }, found.promise, gone);
      return it;
    } finally {
      this.#onMessage = null;
    }
  }
}

function isResponse({ type }: StreamMessage): boolean {
  return type === "control_response";
}

function isInit(message: StreamMessage): boolean {
  return message.type === "system" && message.subtype === "init";
}

/**
 * What the fake agent of JSON lines makes of the lines it is given: one turn at a time, in the shapes
 * of Claude Code 2.1.197 (recorded) and of Amp (documented).
 */

import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../../src/lib/clock.ts";
import { floodOf, plainFace } from "../face.ts";
import { type Script, stepsFor } from "../script.ts";
import { type Place, ScriptError } from "../step.ts";
import { perform } from "../steps.ts";
import { placeOf } from "../tui/place.ts";
import { appendRecord, promptLine, readRecord } from "../tui/record.ts";
import { runTool } from "../tui/run-tool.ts";
import { type StreamFace, type StreamFailure, streamSteps } from "./stream-steps.ts";

export interface ConversationParts {
  readonly like: "claude" | "amp";
  readonly script: Script;
  /** Where what has reached it is recorded. */
  readonly record: string | undefined;
  /** It asks for nothing. */
  readonly isUnguarded: boolean;
  readonly clock: Clock;
  readonly write: (value: unknown) => void;
  readonly drained: () => Promise<void>;
  readonly ignoreSigterm: () => void;
}

interface Asking {
  readonly input: Readonly<Record<string, unknown>>;
  readonly resolve: (refused: string | null) => void;
}

const size = 200_000;

/** From here on a real one compacts its conversation, or is told that it is too long. */
const fullShare = 0.98;

const emptyUse = { input: 100, output: 1 };

export class StreamConversation {
  readonly #parts: ConversationParts;
  readonly #places: Place[];
  readonly #asking = new Map<string, Asking>();
  #session = newSession();
  #isCleared = false;
  #turn: Promise<void> = Promise.resolve();
  #cut = new AbortController();
  #costUsd = 0;
  #failure: StreamFailure | null = null;
  #answer = "";
  #used = emptyUse;
  #fills = 0;
  #lastWords = "";

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    const lines = readRecord(parts.record);
    this.#places = lines.flatMap((line) => (line.type === "turn" ? line.place : []));
  }

  settled(): Promise<void> {
    return this.#turn;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  take(message: any): void {
    switch (message.type) {
      case "user":
        this.#turn = this.#turn.then(() => this.#prompt(textOf(message.message.content)));
        return;
      case "control_request":
        this.#control(message.request_id, message.request.subtype);
        return;
      case "control_response": {
        const { request_id: id, response } = message.response;
        this.#answered(id, response);
        return;
      }
    }
  }

  #control(id: string, subtype: string): void {
    const response = { subtype: "success", request_id: id, response: {} };
    this.#parts.write({ type: "control_response", response });
    if (subtype === "interrupt") this.#cut.abort(new Error("interrupted"));
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  #answered(id: string, { behavior, message, updatedInput }: any): void {
    const asking = this.#asking.get(id);
    this.#asking.delete(id);
    this.#answer = Object.values(updatedInput?.answers ?? {}).join(", ");
    asking?.resolve(behavior === "allow" ? null : message);
  }

  async #prompt(text: string): Promise<void> {
    if (text === "/clear") {
      this.#session = newSession();
      this.#isCleared = true;
      this.#used = emptyUse;
      this.#init();
      this.#say("(no content)", { model: "<synthetic>" });
      this.#result(0);
      return;
    }
    const { script, record, clock } = this.#parts;
    appendRecord(record, promptLine(clock.now(), text, false));
    const past = { places: this.#places, isCleared: this.#isCleared };
    const place = placeOf(text, script.turns.keys(), past);
    this.#isCleared = false;
    this.#places.push(place);
    appendRecord(record, { at: clock.now(), type: "turn", place });
    this.#cut = new AbortController();
    this.#failure = null;
    this.#init();
    const lines = text.split("\n");
    this.#say(`Read a prompt of ${lines.length} lines: ${lines.find((line) => line.trim()) ?? ""}`);
    try {
      for (const one of stepsFor(place, script)) {
        const next = await perform(one, place, { kinds: streamSteps, face: this.#face() });
        if (next === "stop" || this.#cut.signal.aborted) break;
      }
    } catch (error) {
      const isWrong = error instanceof ScriptError;
      if (isWrong) this.#failure = { text: error.message, status: null, error: null };
      else if (!this.#cut.signal.aborted) throw error;
    }
    this.#result(1);
  }

  #face(): StreamFace {
    const { write, drained, ignoreSigterm, clock } = this.#parts;
    const conversation = this;
    return {
      ...plainFace,
      signal: this.#cut.signal,
      get answer() {
        return conversation.#answer;
      },
      say: (text) => this.#say(text),
      async flood(bytes) {
        for (const block of floodOf(bytes)) {
          conversation.#say(block.toString().trimEnd());
          await drained();
        }
      },
      async run(program, args) {
        const said = await runTool([program, ...args], clock, conversation.#cut.signal);
        conversation.#say(said);
      },
      ignoreSigterm,
      permit: (tool, input) => this.#permit(tool, input),
      retry: (attempt, status) =>
        write({
          type: "system",
          subtype: "api_retry",
          attempt,
          max_retries: 10,
          retry_delay_ms: 1_000,
          error_status: status,
          error: "rate_limit",
          session_id: this.#session,
        }),
      overuse: (resetsAt) =>
        write({
          type: "rate_limit_event",
          rate_limit_info: { status: "allowed", resetsAt, isUsingOverage: true },
          session_id: this.#session,
        }),
      tellQuota: (percent, resetsAt) =>
        write({
          type: "rate_limit_event",
          rate_limit_info: {
            status: "allowed_warning",
            resetsAt,
            rateLimitType: "five_hour",
            utilization: percent / 100,
          },
          session_id: this.#session,
        }),
      fail: (failure) => {
        this.#failure = failure;
      },
      use: (input, output) => {
        this.#used = { input, output };
      },
      fill: async (most, seed) => {
        this.#fills += 1;
        const more = Math.round(most * shareOf(`${seed} ${this.#fills}`));
        this.#used = { ...this.#used, input: this.#used.input + more };
        this.#say(`Holds ${this.#used.input} tokens`);
        if (this.#used.input < size * fullShare) return;
        appendRecord(this.#parts.record, { at: clock.now(), type: "full" });
        await clock.until(Number.MAX_SAFE_INTEGER, this.#cut.signal);
      },
      compact: async () => {
        write({
          type: "system",
          subtype: "status",
          status: "compacting",
          session_id: this.#session,
        });
        await clock.until(Number.MAX_SAFE_INTEGER, this.#cut.signal);
      },
    };
  }

  async #permit(tool: string, input: Readonly<Record<string, unknown>>): Promise<string | null> {
    const isAsked =
      this.#parts.like === "claude" && (!this.#parts.isUnguarded || "questions" in input);
    if (!isAsked) return null;
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<string | null>();
    this.#asking.set(id, { input, resolve });
    const request = { subtype: "can_use_tool", tool_name: tool, input };
    this.#parts.write({ type: "control_request", request_id: id, request });
    this.#cut.signal.addEventListener("abort", () => {
      if (!this.#asking.delete(id)) return;
      this.#parts.write({ type: "control_cancel_request", request_id: id });
      resolve("interrupted");
    });
    return await promise;
  }

  #init(): void {
    const cwd = process.cwd();
    this.#parts.write({
      type: "system",
      subtype: "init",
      session_id: this.#session,
      cwd,
      tools: [],
      // By its name its window is known before the end of the turn.
      ...(this.#parts.like === "claude" ? { model: "claude-fake" } : {}),
    });
  }

  #say(text: string, more: { readonly model?: string } = {}): void {
    const { input, output } = this.#used;
    this.#lastWords = text.split("\n").at(-1) ?? "";
    const isAmp = this.#parts.like === "amp";
    const usage = {
      input_tokens: input,
      output_tokens: output,
      ...(isAmp ? { max_tokens: size } : {}),
    };
    const content = [{ type: "text", text }];
    const message = { id: `msg_${randomUUID()}`, role: "assistant", ...more, content, usage };
    this.#parts.write({
      type: "assistant",
      message,
      parent_tool_use_id: null,
      session_id: this.#session,
    });
  }

  #result(turns: number): void {
    const failure = this.#failure;
    const isCut = this.#cut.signal.aborted && turns > 0;
    if (turns > 0) this.#costUsd += 0.25;
    const failed = { is_error: true, result: failure?.text, api_error_status: failure?.status };
    this.#parts.write({
      type: "result",
      subtype: isCut ? "error_during_execution" : "success",
      is_error: isCut,
      num_turns: turns,
      ...(failure === null ? { result: turns === 0 ? "" : this.#lastWords } : failed),
      total_cost_usd: this.#costUsd,
      usage: { input_tokens: this.#used.input, output_tokens: this.#used.output },
      modelUsage: { fake: { contextWindow: size } },
      session_id: this.#session,
    });
  }
}

/** From 0 to 1, the same for the same words. */
function shareOf(words: string): number {
  return createHash("sha256").update(words).digest().readUInt32BE(0) / 2 ** 32;
}

function newSession(): string {
  return `T-${randomUUID()}`;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const blocks = Array.isArray(content) ? content : [];
  return blocks.map((one: { readonly text?: string }) => one.text ?? "").join("\n");
}

/**
 * What a message of Claude Code's stream says, as facts. Pure: what has to be remembered from one
 * message to the next is a value.
 *
 * Traps that were met (`docs/drivers.md`): `subtype: success` comes with `is_error`; usage of a
 * result is the sum over the steps, and its cost the sum over all turns of the process; several
 * messages share one id and its usage; retries are told by `api_retry` alone.
 */

import type { QuotaUse, Usage } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import { lastLine, plainLine } from "../../lib/process-text.ts";
import type { TurnEnd } from "../driver.ts";
import type { Fact } from "../protocol/line.ts";
import { failedBy, limitOf } from "./failure.ts";
import type { MessageOf, StepUsage, StreamMessage } from "./stream-message.ts";
import { percentOfShare, quotaName, windowOfModel } from "./window.ts";

export interface StreamMemory {
  /** Of all turns that are over. */
  readonly costUsd: number;
  /** The window of the model, once it is known. */
  readonly contextSize: number | null;
  /** The same, by the model's name: the CLI tells it only at the end of a turn. */
  readonly assumedSize: number | null;
  /** Told last of the plan. */
  readonly quota: QuotaUse | null;
  /** The step that was told last. */
  readonly stepId: string | null;
  /** Of the turn so far, the last step included. */
  readonly input: number;
  readonly cached: number;
  /** What the conversation held at the last step. */
  readonly contextUsed: number | null;
  /** The kind of error that the last words of the turn were marked with. */
  readonly error: string | null;
  /** When the limit that was told last is over. */
  readonly resetsAt: Instant | null;
}

export const emptyMemory: StreamMemory = {
  costUsd: 0,
  contextSize: null,
  assumedSize: null,
  quota: null,
  stepId: null,
  input: 0,
  cached: 0,
  contextUsed: null,
  error: null,
  resetsAt: null,
};

export interface Read {
  readonly memory: StreamMemory;
  readonly facts: readonly Fact[];
}

/** `resetOf`: the reset time in words of the agent, or `null`. */
export function readMessage(
  memory: StreamMemory,
  message: StreamMessage,
  resetOf: (words: string) => Instant | null,
): Read {
  switch (message.type) {
    case "system":
      return { memory: withModel(memory, message), facts: readSystem(message) };
    case "assistant":
      return readAssistant(memory, message);
    case "rate_limit_event": {
      const { status, resetsAt } = message.rate_limit_info;
      const isOver = status !== "rejected" || resetsAt === undefined;
      const quota = quotaOf(message) ?? memory.quota;
      return { memory: { ...memory, quota, resetsAt: isOver ? null : resetsAt * 1000 }, facts: [] };
    }
    case "result":
      return readResult(memory, message, resetOf);
    case "control_request":
    case "control_cancel_request":
    case "control_response":
      return { memory, facts: [] };
  }
}

const compacting = "Compacting the conversation";

function readSystem(message: MessageOf<"system">): readonly Fact[] {
  if (message.subtype === "api_retry") {
    const { attempt = 0, max_retries = 0, retry_delay_ms = 0, error_status, error } = message;
    const seconds = Math.ceil(retry_delay_ms / 1000);
    const what = [error_status ?? "", error ?? ""].filter((part) => part !== "").join(" ");
    const says = `${what || "no answer"}: again in ${seconds} s, attempt ${attempt} of ${max_retries}`;
    return [{ type: "retrying", says }];
  }
  if (message.subtype === "status" && message.status === "compacting") {
    return [
      { type: "activity", says: compacting },
      { type: "compacting", says: compacting },
    ];
  }
  return [];
}

function readAssistant(memory: StreamMemory, message: MessageOf<"assistant">): Read {
  const { content, id, model, usage } = message.message;
  const facts: Fact[] = content.flatMap((block): Fact[] => {
    if (block.type === "text" && block.text !== undefined) return sayText(block.text);
    return block.type === "tool_use" ? sayTool(block.name ?? "a tool", block.input) : [];
  });
  const error = message.error ?? null;
  // A subagent has a conversation of its own, and an error is no step of the model.
  const isOwn = (message.parent_tool_use_id ?? null) === null && model !== "<synthetic>";
  const isStep = isOwn && error === null;
  if (!isStep || usage === undefined || id === memory.stepId) {
    return { memory: { ...memory, error: error ?? memory.error }, facts };
  }
  const used = inputOf(usage);
  const next: StreamMemory = {
    ...memory,
    stepId: id,
    error: null,
    input: memory.input + used,
    cached: memory.cached + usage.cache_read_input_tokens,
    contextUsed: used,
  };
  const so = { inputTokens: next.input, cachedTokens: next.cached };
  facts.push({ type: "usage", usage: { ...so, ...fullnessOf(next) } });
  return { memory: next, facts };
}

function readResult(
  before: StreamMemory,
  message: MessageOf<"result">,
  resetOf: (words: string) => Instant | null,
): Read {
  const windows = Object.values(message.modelUsage ?? {}).map((one) => one.contextWindow ?? 0);
  const size = Math.max(0, ...windows);
  const known = { ...before, contextSize: size > 0 ? size : before.contextSize };
  const words = message.result ?? message.errors?.find((error) => !isDiagnosis(error)) ?? "";
  const says = lastLine(words);
  const { usage } = message;
  const counted: Usage = {
    ...(usage === undefined
      ? {}
      : {
          inputTokens: inputOf(usage),
          cachedTokens: usage.cache_read_input_tokens,
          outputTokens: usage.output_tokens,
        }),
    costUsd: Math.max(0, message.total_cost_usd - before.costUsd),
    ...fullnessOf(known),
  };
  const failure = failureOf(before, message, plainLine(words));
  const limit = message.is_error ? limitOf(failure, resetOf) : null;
  const end = endOf(before, message, plainLine(words));
  const facts: Fact[] = [
    { type: "usage", usage: counted },
    ...(limit === null ? [] : [{ type: "limit", limit } as const]),
    { type: "over", end, says },
  ];
  const memory: StreamMemory = {
    ...known,
    costUsd: Math.max(before.costUsd, message.total_cost_usd),
    stepId: null,
    input: 0,
    cached: 0,
    error: null,
  };
  return { memory, facts };
}

/** `null`: it says nothing of how much is used. */
function quotaOf({ rate_limit_info: told }: MessageOf<"rate_limit_event">): QuotaUse | null {
  const { utilization, rateLimitType, resetsAt } = told;
  if (utilization === undefined) return null;
  return {
    percent: percentOfShare(utilization),
    resetsAt: resetsAt === undefined ? null : resetsAt * 1000,
    by: quotaName(rateLimitType ?? ""),
  };
}

function endOf(memory: StreamMemory, message: MessageOf<"result">, words: string): TurnEnd {
  const isGood = message.subtype === "success" && !message.is_error;
  if (isGood) return { result: "completed" };
  const why = words === "" ? message.subtype.replaceAll("_", " ") : words;
  return failedBy(failureOf(memory, message, why));
}

/** Of the CLI's own makers, for a turn that was cut. */
function isDiagnosis(error: string): boolean {
  return error.startsWith("[ede_diagnostic]");
}

function failureOf({ error, resetsAt }: StreamMemory, message: MessageOf<"result">, says: string) {
  return { error, status: message.api_error_status ?? null, resetsAt, says };
}

function fullnessOf(memory: StreamMemory): Pick<Usage, "context" | "quota"> {
  const { contextUsed: used, contextSize, assumedSize, quota } = memory;
  const by = "the agent's stream";
  const isAssumed = contextSize === null && assumedSize !== null;
  const size = contextSize ?? assumedSize;
  const context = { used: used ?? 0, size, by, ...(isAssumed ? { isAssumed } : {}) };
  return { ...(used === null ? {} : { context }), ...(quota === null ? {} : { quota }) };
}

function withModel(memory: StreamMemory, { subtype, model }: MessageOf<"system">): StreamMemory {
  if (subtype !== "init" || model === undefined) return memory;
  return { ...memory, assumedSize: windowOfModel(model) };
}

function inputOf(usage: StepUsage): number {
  return usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
}

function sayText(text: string): Fact[] {
  const line = lastLine(text);
  return line === ""
    ? []
    : [
        { type: "output", text: `${text}\n` },
        { type: "activity", says: line },
      ];
}

function sayTool(name: string, input: unknown): Fact[] {
  const says = plainLine(`${name} ${wordsOf(input)}`);
  return [
    { type: "output", text: `[${says}]\n` },
    { type: "activity", says },
  ];
}

/** What a tool is called with, in a few words: its file, its command, or nothing. */
function wordsOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  const named = Object.entries(input).find(
    ([key, value]) =>
      ["file_path", "command", "path", "pattern", "url", "description"].includes(key) &&
      typeof value === "string",
  );
  return named === undefined ? "" : String(named[1]);
}

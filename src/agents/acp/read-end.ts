/** How a turn has ended, out of the agent's answer to its prompt, as facts. Pure. */

import type { Usage } from "../../domain/agent.ts";
import { isRecord } from "../../lib/json-text.ts";
import type { TurnEnd } from "../driver.ts";
import type { Fact } from "../protocol/line.ts";
import {
  type Failure,
  type RpcError,
  readFailure,
  readSilentFailure,
  type Time,
} from "./failure.ts";
import { type PromptResult, parsePromptResult } from "./message.ts";
import { lastLine, type Memory, usageSoFar } from "./read-update.ts";

export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: RpcError };

/** `isStopped`: we have asked it to stop. */
export function readEnd(
  memory: Memory,
  reply: Reply,
  { isStopped, time }: { readonly isStopped: boolean; readonly time: Time },
): readonly Fact[] {
  const says = lastLine(memory);
  if (!reply.ok)
    return [...usageFacts(memory, null), ...failed(readFailure(reply.error, time), says)];
  const result = parsePromptResult(reply.result);
  const usage = usageFacts(memory, result);
  const over = (end: TurnEnd): readonly Fact[] => [...usage, { type: "over", end, says }];
  switch (result?.stopReason ?? "") {
    case "end_turn":
      return isSilentError(memory, result)
        ? [
            ...usage,
            ...failed(readSilentFailure(isJson(memory.words) ? memory.words : says, time), says),
          ]
        : over({ result: "completed" });
    case "cancelled":
      return over(
        isStopped
          ? { result: "interrupted" }
          : { result: "failed", why: "the agent has cancelled its own turn" },
      );
    case "refusal":
      return over({ result: "failed", why: "the model refused to go on" });
    case "max_tokens":
      return over({ result: "failed", why: "the model's answer was cut at its longest" });
    case "max_turn_requests":
      return over({ result: "failed", why: "the turn had as many steps as the agent allows" });
    default: {
      const reason = result?.stopReason;
      const why = reason ? `it stopped: ${reason}` : "it stopped without a reason";
      return over({ result: "failed", why });
    }
  }
}

/** A silent failure is told as the last words, and by a mark or by words that are an error as JSON. */
function isSilentError(memory: Memory, result: PromptResult | null): boolean {
  if (memory.isSystemError) return true;
  const hasUsage = result?.usage !== null || memory.tools.size > 0;
  return !hasUsage && isJson(memory.words);
}

function isJson(words: string): boolean {
  return /^\s*\{\s*"error"\s*:/.test(words);
}

function failed({ why, limit, isBroken }: Failure, says: string): readonly Fact[] {
  const end: TurnEnd = isBroken ? { result: "failed", why, isBroken } : { result: "failed", why };
  return [
    ...(limit === null ? [] : [{ type: "limit", limit } as const]),
    { type: "over", end, says },
  ];
}

function usageFacts(memory: Memory, result: PromptResult | null): readonly Fact[] {
  const usage: Usage = { ...tokensOf(result), ...usageSoFar(memory) };
  return Object.keys(usage).length === 0 ? [] : [{ type: "usage", usage }];
}

/** Agents count what came out of the cache apart from the input, or within it: the total tells. */
function tokensOf(result: PromptResult | null): Usage {
  const usage = result?.usage;
  if (usage === null || usage === undefined) return quotaOf(result?._meta);
  const { inputTokens: input, outputTokens: output, totalTokens: total } = usage;
  const cached = usage.cachedReadTokens ?? 0;
  const written = usage.cachedWriteTokens ?? 0;
  const thought = usage.thoughtTokens ?? 0;
  const sum = (input ?? 0) + (output ?? 0) + thought;
  const isApart = total === null || total === undefined || total > sum;
  return {
    ...(input === null || input === undefined
      ? {}
      : { inputTokens: isApart ? input + cached + written : input }),
    ...(usage.cachedReadTokens === null || usage.cachedReadTokens === undefined
      ? {}
      : { cachedTokens: cached }),
    ...(output === null || output === undefined ? {} : { outputTokens: output }),
  };
}

/** Where gemini tells it. */
function quotaOf(meta: PromptResult["_meta"] | undefined): Usage {
  const quota = meta?.["quota"];
  const count = isRecord(quota) ? quota["token_count"] : null;
  if (!isRecord(count)) return {};
  const { input_tokens: input, output_tokens: output } = count;
  return {
    ...(typeof input === "number" ? { inputTokens: input } : {}),
    ...(typeof output === "number" ? { outputTokens: output } : {}),
  };
}

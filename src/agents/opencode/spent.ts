/** What the steps of a turn have spent so far. Pure. */

import type { ContextUse, Usage } from "../../domain/agent.ts";
import type { Part } from "./server-event.ts";

type StepFinish = Extract<Part, { readonly type: "step_finish" }>;

export interface Spent {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly context: ContextUse | null;
}

export const noneSpent: Spent = {
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  context: null,
};

/** `context`: the step was one of the conversation itself, whose model takes so much. */
export function addStep(
  spent: Spent,
  { tokens, costUsd }: StepFinish,
  context: { readonly size: number | null } | null,
): Spent {
  const read = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  return {
    inputTokens: spent.inputTokens + read,
    cachedTokens: spent.cachedTokens + tokens.cacheRead,
    outputTokens: spent.outputTokens + tokens.output + tokens.reasoning,
    costUsd: spent.costUsd + costUsd,
    context:
      context === null ? spent.context : { used: read, size: context.size, by: "opencode's steps" },
  };
}

/** A model whose price opencode does not know costs 0 there: that is unknown, and not nothing. */
export function usageOf({ costUsd, context, ...tokens }: Spent): Usage {
  return {
    ...tokens,
    ...(costUsd > 0 ? { costUsd } : {}),
    ...(context === null ? {} : { context }),
  };
}

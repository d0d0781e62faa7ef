/**
 * What a turn has used, out of the running totals of its thread. The totals are not always sums: a
 * conversation that did not fit sets them back (seen in 0.169.0), which is nobody's spending.
 */

import { z } from "zod";
import type { Usage } from "../../domain/agent.ts";

const tokens = z.object({
  totalTokens: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
});

/** Of `thread/tokenUsage/updated`. */
export const tokenUsage = z.object({
  total: tokens,
  last: tokens,
  modelContextWindow: z.number().nullable(),
});

type Tokens = z.infer<typeof tokens>;

const written = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("no JSON");
      return z.NEVER;
    }
  })
  .pipe(tokens);

const none: Tokens = { totalTokens: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

export class UsageMeter {
  #total = none;
  #ofTurn = none;

  beginTurn(): void {
    this.#ofTurn = none;
  }

  /** What had been used before the next turn, to be gone on from by another meter. */
  mark(): string {
    return JSON.stringify(this.#total);
  }

  /** What is no mark counts for nothing. */
  restore(mark: string): void {
    const { data } = written.safeParse(mark);
    if (data !== undefined) this.#total = data;
  }

  take({ total, last, modelContextWindow: size }: z.infer<typeof tokenUsage>): Usage {
    const before = this.#total;
    this.#total = total;
    const isSum =
      total.inputTokens >= before.inputTokens && total.outputTokens >= before.outputTokens;
    if (isSum) {
      this.#ofTurn = combine(this.#ofTurn, combine(total, before, -1), 1);
    }
    return {
      inputTokens: this.#ofTurn.inputTokens,
      cachedTokens: this.#ofTurn.cachedInputTokens,
      outputTokens: this.#ofTurn.outputTokens,
      // Where no step was taken (a compaction, an overflow) codex estimates the whole alone.
      context: { used: last.inputTokens || last.totalTokens, size, by: "codex's token count" },
    };
  }
}

function combine(one: Tokens, other: Tokens, sign: 1 | -1): Tokens {
  return {
    totalTokens: one.totalTokens + sign * other.totalTokens,
    inputTokens: one.inputTokens + sign * other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + sign * other.cachedInputTokens,
    outputTokens: one.outputTokens + sign * other.outputTokens,
  };
}

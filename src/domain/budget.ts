/**
 * What a run may use up: money and tokens, as agents tell them, and time. Reached, no attempt
 * begins; what is at work comes to its end, and what is verified lands.
 *
 * The account is that of the run. A run whose temoin was killed goes on with its account; a run that
 * has ended is over, and the next one has an account of its own. What no agent tells is unknown: it
 * is not counted, and said so.
 */

import type { Usage } from "./agent.ts";
import type { Instant } from "./id.ts";
import type { Budget } from "./policy.ts";
import { isRunning, type Run, type State } from "./state.ts";
import { addUsage, usageSince } from "./usage.ts";

/** From here on a person is warned, once (chosen). */
const warnShare = 0.8;

/** Why no attempt may begin any more; `null`: one may. */
export function noMoreWork(state: State, now: Instant): string | null {
  if (!isRunning(state)) return null;
  const { deadline } = state.run.policy;
  if (deadline !== null && now >= deadline) return "the deadline has passed";
  const used = partsOf(state.run).find(({ share }) => share >= 1);
  return used === undefined ? null : `the budget is used up: ${used.says}`;
}

/** What is used up, or nearly so, in words; `null`: nothing yet. */
export function nearlyUsed(run: Run): string | null {
  const parts = partsOf(run);
  const used = parts.find(({ share }) => share >= 1);
  if (used !== undefined) return `the budget is used up: ${used.says}`;
  const near = parts.find(({ share }) => share >= warnShare);
  return near === undefined ? null : `most of the budget is used: ${near.says}`;
}

interface Part {
  readonly share: number;
  readonly says: string;
}

function partsOf({ policy, spent }: Run): readonly Part[] {
  const { cost, tokens }: Budget = policy.budget ?? { cost: null, tokens: null };
  const parts: Part[] = [];
  const usd = spent?.costUsd ?? 0;
  if (cost !== null) {
    parts.push({ share: usd / cost, says: `${costText(usd)} of ${costText(cost)}` });
  }
  if (tokens !== null) {
    const count = tokensOf(spent) ?? 0;
    parts.push({
      share: count / tokens,
      says: `${tokensText(count)} of ${tokensText(tokens)} tokens`,
    });
  }
  return parts;
}

/** Input and output together; `null`: nobody has told any. */
export function tokensOf(usage: Usage | null): number | null {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return null;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

/** `$0.42`; small sums keep a digit that says something. */
export function costText(usd: number): string {
  return usd > 0 && usd < 0.01 ? `$${usd.toPrecision(1)}` : `$${usd.toFixed(2)}`;
}

/** `950`, `12.3k`, `4.0M`. */
export function tokensText(count: number): string {
  if (count < 1_000) return String(Math.round(count));
  if (count < 999_500) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** The fold: what an attempt has used since it was told last goes to the account of the run. */
export function charge(state: State, before: Usage | null, after: Usage | null): void {
  const { run } = state;
  if (run === null || run.ended !== null || after === null) return;
  state.run = { ...run, spent: addUsage(run.spent, usageSince(before, after)) };
}

/** Does the run that begins now go on with the account of the one before? */
export function goesOn(before: Run | null): boolean {
  return before !== null && (before.ended === null || before.ended.exitCode === killedExit);
}

/** What is recorded as the end of a run whose temoin was killed. */
export const killedExit = 137;

/**
 * What the gates find on the target itself, per commit: so that "you broke it" and "it was broken"
 * are told apart. A few commits are remembered, as attempts start from different ones.
 */

import { type GateResult, isRed } from "./attempt.ts";
import { type Brief, briefText } from "./brief.ts";
import { wasRedBefore } from "./fingerprint.ts";
import type { CommitSha } from "./id.ts";
import type { State } from "./state.ts";

export interface TargetCheck {
  readonly sha: CommitSha;
  readonly results: readonly GateResult[];
}

/** Commits remembered (chosen): more than attempts that are at work at once have bases. */
const kept = 16;

/** The newest last. */
export function withCheck(
  checks: readonly TargetCheck[],
  { sha, results }: TargetCheck,
): readonly TargetCheck[] {
  return [...checks.filter((one) => one.sha !== sha), { sha, results }].slice(-kept);
}

/**
 * What a landing has found out about the target as it is then: the last of each gate of the project,
 * those of before where it was not told. The tasks' own `verify` commands are no gates of the target:
 * each task means another command by that name.
 */
export function landedResults(
  { checks, run }: State,
  told: readonly GateResult[],
): readonly GateResult[] {
  const names = new Set(run?.policy.gates ?? []);
  const found = new Map((checks.at(-1)?.results ?? []).map((result) => [result.name, result]));
  for (const result of told) {
    if (result.where === "landing" && names.has(result.name)) found.set(result.name, result);
  }
  return [...found.values()];
}

/**
 * What has to be mended on the target: what a gate's output tells, and what was green before. A gate
 * that was never seen green and tells nothing may be what the tasks are there for.
 */
export function mendable(state: State, check: TargetCheck): readonly GateResult[] {
  return check.results.filter(
    (one) => isRed(one) && ((one.failures ?? []).length > 0 || wasGreen(state, check.sha, one)),
  );
}

/** Is a gate red that was green before? What was red from the start may be mended by the queue itself. */
export function hasTurned(state: State, { sha, results }: TargetCheck): boolean {
  return results.some((one) => isRed(one) && wasGreen(state, sha, one));
}

function wasGreen(state: State, sha: CommitSha, { name }: GateResult): boolean {
  return state.checks.some(
    (check) => check.sha !== sha && check.results.some((one) => one.name === name && !isRed(one)),
  );
}

/**
 * Is a red gate no fault of the change: red before it, with the same failures? Where the brief names
 * a failing test or file, to mend it is the task.
 */
export function isExcused(red: GateResult, before: GateResult | undefined, brief: Brief): boolean {
  if (before === undefined || !wasRedBefore(red, before)) return false;
  const text = briefText(brief);
  return !(red.failures ?? []).some(
    ({ file, test }) =>
      (file !== null && text.includes(file)) || (test !== null && text.includes(test)),
  );
}

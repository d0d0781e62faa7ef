/**
 * What an attempt's outcome leads to: one table. Red gates within an attempt are given back to its
 * own session first (`feedbackRounds`); the table is about attempts that have ended.
 */

import { type EndedAttempt, isRed, type Outcome } from "./attempt.ts";
import { hasNewWork } from "./handoff.ts";
import type { AgentName, Instant } from "./id.ts";
import {
  attemptsLimit,
  brokenInRowLimit,
  crashBackoffMs,
  idleHandoffsLimit,
  lostInRowLimit,
  type Policy,
} from "./policy.ts";
import type { Task } from "./task.ts";

export type Next =
  | { readonly next: "land" }
  | { readonly next: "done" }
  | {
      readonly next: "again";
      readonly prefer: AgentName | null;
      readonly avoid: AgentName | null;
      readonly notBefore: Instant | null;
      /** Agent or role that mends what its gates found; it goes first then. */
      readonly fix: string | null;
      readonly why: string;
    }
  | {
      readonly next: "person";
      readonly kind: "blocked" | "no_change" | "conflict" | "lost" | "doubt" | "handoff";
      readonly why: string;
    }
  | { readonly next: "failed"; readonly why: string };

interface Row {
  /** Towards `attempts.perTask`. */
  readonly counts: boolean;
  /** Who goes on: the same agent preferred, another one preferred, or whoever is free. */
  readonly next: "same" | "other" | "any" | "person" | "land" | "done_if_verified";
  /** When the last attempt that counts is used up. */
  readonly atLast: "failed" | "person";
  readonly backoff?: true;
}

const table: Readonly<Record<Outcome, Row>> = {
  verified: { counts: true, next: "land", atLast: "failed" },
  no_change: { counts: true, next: "done_if_verified", atLast: "person" },
  gate_failed: { counts: true, next: "other", atLast: "failed" },
  conflict: { counts: true, next: "same", atLast: "person" },
  blocked: { counts: true, next: "person", atLast: "person" },
  stalled: { counts: true, next: "other", atLast: "failed" },
  timed_out: { counts: true, next: "other", atLast: "failed" },
  crashed: { counts: true, next: "other", atLast: "failed", backoff: true },
  refused: { counts: true, next: "any", atLast: "person" },
  limited: { counts: false, next: "other", atLast: "failed" },
  handed_off: { counts: false, next: "any", atLast: "failed" },
  lost: { counts: false, next: "same", atLast: "person" },
  cancelled: { counts: false, next: "any", atLast: "failed" },
};

/** Does it count towards `attempts.perTask`? */
function counts(attempt: EndedAttempt): boolean {
  return table[attempt.outcome].counts && !attempt.agentBroken;
}

/** How many attempts of its present life count. */
function countedAttempts(task: Task): number {
  return livingAttempts(task).filter(counts).length;
}

/** `verifyPassed`: the task's own `verify` ran and passed (asked for `no_change` only). */
export function nextAfter(
  task: Task,
  policy: Policy,
  at: { readonly now: Instant; readonly verifyPassed: boolean },
): Next {
  const ended = livingAttempts(task);
  const last = ended.at(-1);
  if (last === undefined) throw new Error(`${task.spec.id} has no ended attempt`);
  const row = table[last.outcome];
  if (row.next === "land") return { next: "land" };
  if (row.next === "done_if_verified") {
    return at.verifyPassed
      ? { next: "done" }
      : { next: "person", kind: "no_change", why: last.why };
  }
  if (last.outcome === "refused" && last.doubt !== undefined) {
    return { next: "person", kind: "doubt", why: last.doubt };
  }
  if (row.next === "person") return { next: "person", kind: "blocked", why: last.why };
  const silences = inRow(ended, (attempt) => attempt.outcome === "lost" && !attempt.byRestart);
  if (silences >= lostInRowLimit) {
    return { next: "person", kind: "lost", why: `lost ${silences} times in a row: ${last.why}` };
  }
  const idle = inRow(ended, (attempt) => attempt.handoff !== undefined && !hasNewWork(attempt));
  if (idle >= idleHandoffsLimit) {
    const why = `handed off ${idle} times in a row without anything new: ${last.why}`;
    return { next: "person", kind: "handoff", why };
  }
  const failures = inRow(ended, (attempt) => attempt.agentBroken);
  if (failures >= brokenInRowLimit) {
    const why = `its agents could not be used, ${failures} times in a row: ${last.why}`;
    return { next: "person", kind: "lost", why };
  }
  if (spentAttempts(ended) >= attemptsLimit) {
    const why = `${attemptsLimit} attempts, whatever became of them: ${last.why}`;
    return { next: "person", kind: "lost", why };
  }
  if (counts(last) && countedAttempts(task) >= policy.perTask) {
    const why = `attempt ${countedAttempts(task)} of ${policy.perTask} ended ${last.outcome}: ${last.why}`;
    if (row.atLast === "failed") return { next: "failed", why };
    return { next: "person", kind: last.outcome === "conflict" ? "conflict" : "blocked", why };
  }
  const crashes = inRow(ended, (one) => one.outcome === "crashed" && !one.agentBroken);
  // Work that was green until it met the target is best known to the agent that did it.
  const isSame = row.next === "same" || task.state === "landing";
  return {
    next: "again",
    prefer: isSame ? last.agent : null,
    avoid: (row.next === "other" || last.handoff === "quota") && !isSame ? last.agent : null,
    // Where its agent could not be used, its slot waits and not the task.
    fix: isSame ? null : fixerAfter(last, policy),
    notBefore: row.backoff && !last.agentBroken ? at.now + crashBackoffMs(crashes) : null,
    why: `attempt ${last.n} ended ${last.outcome}: ${last.why}`,
  };
}

/** Who mends what the last round of gates found; `null`: nobody is named, or it has tried. */
function fixerAfter({ outcome, gates, agent }: EndedAttempt, policy: Policy): string | null {
  if (outcome !== "gate_failed") return null;
  const last = Math.max(0, ...gates.map(({ round }) => round));
  const red = gates.filter((gate) => gate.round === last && isRed(gate));
  const fixer = red.map(({ name }) => policy.fixers[name]).find((one) => one !== undefined);
  return fixer === undefined || fixer === agent ? null : fixer;
}

function livingAttempts(task: Task): readonly EndedAttempt[] {
  return task.attempts
    .slice(task.lifeStart)
    .filter((attempt): attempt is EndedAttempt => attempt.phase === "ended");
}

/** All that an agent was asked for; those that were ended from outside are nobody's loop. */
function spentAttempts(ended: readonly EndedAttempt[]): number {
  return ended.filter(
    ({ outcome, byRestart, handoff }) =>
      !byRestart && outcome !== "cancelled" && (outcome !== "handed_off" || handoff !== undefined),
  ).length;
}

function inRow(ended: readonly EndedAttempt[], is: (attempt: EndedAttempt) => boolean): number {
  const other = ended.findLastIndex((attempt) => !is(attempt));
  return ended.length - 1 - other;
}

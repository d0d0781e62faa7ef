/** What a person has decided beforehand; read once at start and frozen in the log by its hash. */

import type { Instant } from "./id.ts";

export type GoalItem =
  | { readonly kind: "queue" }
  | { readonly kind: "gates" }
  | { readonly kind: "changed"; readonly path: string }
  | { readonly kind: "run"; readonly command: string };

export interface Policy {
  /** Attempts that count before a task is failed. */
  readonly perTask: number;
  /** Red gates given back to the same session before the attempt ends. */
  readonly feedbackRounds: number;
  readonly turnMs: number;
  readonly landing: "merge" | "squash";
  readonly goal: readonly GoalItem[];
  /** Names of the project's gates, in their order. Empty: nothing can be proven. */
  readonly gates: readonly string[];
  /** No task is started after it. */
  readonly deadline: Instant | null;
}

export const defaultPolicy: Policy = {
  perTask: 3,
  feedbackRounds: 3,
  turnMs: 2 * 60 * 60 * 1000,
  landing: "merge",
  goal: [{ kind: "queue" }],
  gates: [],
  deadline: null,
};

/**
 * A crash is tried again after 1 s, 4 s, 16 s, … at most 5 min (chosen): a program that cannot
 * start must not burn its attempts within a second.
 */
export function crashBackoffMs(crashesInRow: number): number {
  return Math.min(1000 * 4 ** Math.max(0, crashesInRow - 1), 5 * 60 * 1000);
}

/** So many leases lost in a row to silence, and a person looks at the task. */
export const lostInRowLimit = 10;

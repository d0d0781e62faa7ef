/** What a person has decided beforehand; read once at start and frozen in the log by its hash. */

import type { ConductorPolicy } from "./conductor.ts";
import type { HandoffPolicy } from "./handoff.ts";
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
  /** Tasks that mend the target, for the same failures, before a person is asked. */
  readonly fixTasks: number;
  /** Agent or role that mends what a gate finds, by the name of the gate. */
  readonly fixers: Readonly<Record<string, string>>;
  readonly turnMs: number;
  /** When an agent that makes no progress is looked at, reminded and given up; absent: as usual. */
  readonly watch?: SilenceTimes;
  /** After so long a question of an agent waits without its slot; `null`: never; absent: as usual. */
  readonly parkMs?: number | null;
  /** When an agent hands its task on; absent: as usual. */
  readonly handoff?: HandoffPolicy;
  /** `none`: verified branches are left where they are. */
  readonly landing: "merge" | "squash" | "none";
  /** A verified change waits for a person before it lands; absent: it does not. */
  readonly review?: boolean;
  /** What becomes of a change outside the files that its task was given; absent: `report`. */
  readonly scope?: "report" | "strict";
  readonly goal: readonly GoalItem[];
  /** Names of the project's gates, in their order. Empty: nothing can be proven. */
  readonly gates: readonly string[];
  /** Used up, no task is started; absent: there is none. */
  readonly budget?: Budget;
  /** Absent: there is none. */
  readonly conductor?: ConductorPolicy;
  /** No task is started after it. */
  readonly deadline: Instant | null;
}

/** In milliseconds: all from the last progress, `retryingMs` from the begin of the repetitions. */
export interface SilenceTimes {
  readonly quietMs: number;
  readonly nudgeMs: number;
  readonly giveUpMs: number;
  readonly retryingMs: number;
}

/** `null`: not bounded. */
export interface Budget {
  /** In US dollars. */
  readonly cost: number | null;
  /** Of input and output together. */
  readonly tokens: number | null;
}

export const defaultPolicy: Policy = {
  perTask: 3,
  feedbackRounds: 3,
  fixTasks: 5,
  fixers: {},
  turnMs: 2 * 60 * 60 * 1000,
  landing: "merge",
  goal: [{ kind: "queue" }],
  gates: [],
  deadline: null,
};

/**
 * Chosen. Others call an agent stuck after 2 to 30 min; a reminder costs a turn that may have been
 * well, so it comes late, and a look, which costs nothing, early.
 */
export const usualSilence: SilenceTimes = {
  quietMs: 30_000,
  nudgeMs: 10 * 60_000,
  giveUpMs: 20 * 60_000,
  retryingMs: 15 * 60_000,
};

/** Chosen: who sits beside it answers sooner, and who does not loses little. */
export const usualParkMs = 10 * 60_000;

export function parkMsOf({ parkMs = usualParkMs }: Policy): number | null {
  return parkMs;
}

/**
 * A crash is tried again after 1 s, 4 s, 16 s, … at most 5 min (chosen): a program that cannot
 * start must not burn its attempts within a second.
 */
export function crashBackoffMs(crashesInRow: number): number {
  return Math.min(1000 * 4 ** Math.max(0, crashesInRow - 1), 5 * 60 * 1000);
}

/**
 * An agent that cannot be used is tried again after 2 s and 5 s (chosen: where no other can be used
 * either, the run may end within seconds), then after 30 s, 1, 2, 4, … at most 30 min.
 */
export function retryStartMs(failuresInRow: number): number {
  if (failuresInRow <= 1) return 2_000;
  if (failuresInRow === 2) return 5_000;
  return Math.min(30_000 * 2 ** (failuresInRow - 3), 30 * 60_000);
}

/** So often is an agent tried before nobody waits for it (chosen). */
export const patience = {
  /** One that has ended no turn in this run: three tries in 7 s. */
  never: 3,
  /** One that has, and so was in order: about an hour. */
  once: 10,
  /** A rate limit or an overload without a reset time: 5, 10 and 20 min. */
  limits: 3,
} as const;

/** A limit without a reset time is tried again after 5, 10, 20, … at most 60 min (chosen). */
export function limitBackoffMs(limitsInRow: number): number {
  return Math.min(5 * 60_000 * 2 ** Math.max(0, limitsInRow - 1), longestPauseMs);
}

/** A provider's clock need not agree with ours: so long after the reset it is tried (chosen). */
export const limitMarginMs = 5_000;

/** Slots of one account wake one after the other, so far apart, and do not ask all at once (chosen). */
export const wakeApartMs = 3_000;

export const longestPauseMs = 60 * 60_000;

/** No limit known is longer than a month: a reset further away, or long gone, says nothing (chosen). */
export const furthestResetMs = 32 * 86_400_000;
export const longGoneMs = 86_400_000;

/** So many leases lost in a row to silence, and a person looks at the task. */
export const lostInRowLimit = 10;

/** So many handoffs in a row that brought nothing new, and a person looks at the task (chosen). */
export const idleHandoffsLimit = 3;

/** So many attempts of one life, counted or not, and a person looks at the task (chosen). */
export const attemptsLimit = 60;

/** So many attempts in a row whose agent could not be used, and a person looks at the task. */
export const brokenInRowLimit = 20;

/**
 * A durable piece of work that someone wants done.
 *
 *   waiting → queued → running → landing → done
 *
 * besides: needs_human, failed, cancelled, skipped. done, failed, cancelled and skipped are
 * terminal; only a person's `retry` opens one again, as a new life with its count from zero. What
 * has failed may still be skipped or cancelled. What is done leaves it only by a person's `revert`,
 * through a landing that takes the first one back.
 */

import type { Attempt } from "./attempt.ts";
import type { Brief } from "./brief.ts";
import type { AgentName, BlobHash, CommitSha, Instant, SlotId, TaskId } from "./id.ts";

export const priorities = ["urgent", "high", "medium", "low"] as const;
export type Priority = (typeof priorities)[number];

/** What a person or a plan asks for. */
export interface TaskSpec {
  readonly id: TaskId;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly priority: Priority;
  /** The pin: only this agent may take it. */
  readonly agent: AgentName | null;
  readonly role: string | null;
  readonly deps: readonly TaskId[];
  /** Documents that the agent must load, relative to the repository. */
  readonly skills: readonly string[];
  readonly phase: string | null;
  /** As written: `30m`, `3 prompts`. */
  readonly estimate: string | null;
  /** Globs; two tasks whose globs can meet do not run at once. */
  readonly touches: readonly string[];
  /**
   * The same, read out of the brief's files where `touches` is empty: soft, see `schedule.ts`.
   * Absent: nothing was learnt.
   */
  readonly learnt?: readonly string[];
  /** What its brief answers beforehand, a line each. Absent: nothing. */
  readonly answers?: readonly string[];
  /** Commands that must pass besides the gates. */
  readonly verify: readonly string[];
  readonly brief: BlobHash;
  /** The brief itself, of a task that temoin has written; absent: it is kept under `brief`. */
  readonly written?: Brief;
  readonly briefLines: number;
  /** The item of the goal, by its name, for which temoin has opened it; absent: none. */
  readonly goal?: string;
  /** The fingerprint of the failures on the target that it is to mend; absent: any other task. */
  readonly mends?: string;
  /** The task of which it is a part: that one was split, and is cancelled. Absent: of none. */
  readonly splitFrom?: TaskId;
  readonly source: { readonly file: string; readonly line: number } | null;
}

export type Wait =
  | { readonly kind: "task"; readonly task: TaskId }
  | { readonly kind: "phase"; readonly phase: string }
  | { readonly kind: "time"; readonly until: Instant; readonly why: string };

/** Words for the agent that holds the task, or for the next one. */
export interface Tell {
  readonly id: string;
  readonly at: Instant;
  readonly text: string;
  readonly delivered: boolean;
  /** What it answers, as `Q-3`: each later attempt is told it too. Absent: nothing. */
  readonly ask?: string;
}

/** Asked of a running attempt; it is carried out when the runner says that the attempt has ended. */
export type Ending =
  /** `by`: absent: a person. */
  | { readonly to: "cancelled"; readonly by?: AgentName }
  | { readonly to: "skipped"; readonly by?: AgentName }
  | { readonly to: "queued"; readonly why: string }
  /** What it asks waits for a person, and its slot takes other work. */
  | { readonly to: "parked"; readonly why: string };

export interface TaskFacts {
  readonly spec: TaskSpec;
  readonly addedAt: Instant;
  /** Place in the order of arrival. */
  readonly order: number;
  readonly attempts: readonly Attempt[];
  /** Attempts before this index belong to an earlier life (before a `retry`) and do not count. */
  readonly lifeStart: number;
  /** Work of attempts before this index is not built upon. */
  readonly workStart: number;
  readonly tells: readonly Tell[];
  readonly paused: boolean;
}

export type TaskStatus =
  | { readonly state: "waiting"; readonly on: readonly Wait[] }
  | { readonly state: "queued"; readonly since: Instant; readonly after: Aftermath | null }
  | {
      readonly state: "running";
      readonly attempt: number;
      readonly slot: SlotId;
      readonly ending: Ending | null;
    }
  | {
      readonly state: "landing";
      readonly attempt: number;
      readonly prepared: PreparedLanding | null;
      /** Landings of this attempt that came to nothing: lost with their runner, or given back. */
      readonly lost: number;
      /** Those of them that were nobody's restart; ten, and a person looks at it. */
      readonly troubles: number;
      readonly ending: Ending | null;
      /** What lands is the taking back of an earlier landing. Absent: the attempt's change. */
      readonly reverting?: Reverting;
    }
  | {
      readonly state: "done";
      readonly at: Instant;
      /** `branch`: verified, and left on the attempt's branch; `sha` is its head. */
      readonly how: "landed" | "no_change" | "imported" | "branch";
      /** Gates passed on the merged result. */
      readonly proven: boolean;
      readonly sha: CommitSha | null;
    }
  | {
      readonly state: "needs_human";
      readonly at: Instant;
      readonly why: string;
      /** The verified attempt that is held until a person lets it land. Absent: none is. */
      readonly review?: number;
      /** Its questions are open, its attempt is not; with the last answer it goes on. Absent: no. */
      readonly parked?: true;
    }
  | { readonly state: "failed"; readonly at: Instant; readonly why: string }
  | { readonly state: "cancelled"; readonly at: Instant }
  | { readonly state: "skipped"; readonly at: Instant };

export type TaskState = TaskStatus["state"];
export type Task = TaskFacts & TaskStatus;

/** What the end of the last attempt means for the choice of the next agent. */
export interface Aftermath {
  readonly prefer: AgentName | null;
  readonly avoid: AgentName | null;
  /** Agent or role that mends what its gates found: it is served first then. Absent: none. */
  readonly fix?: string;
  /** A person has answered what it waited with: it goes before all others. Absent: no. */
  readonly isAnswered?: true;
}

/** A landing that a person takes back. */
export interface Reverting {
  /** The commit by which it had landed. */
  readonly sha: CommitSha;
  readonly reason: string;
  /** No two have the same. */
  readonly n: number;
  /** As it was done before, and is again if it cannot be taken back. */
  readonly was: { readonly at: Instant; readonly proven: boolean };
}

/** A landing between its record and its settling: what recovery needs to finish or undo it. */
export interface PreparedLanding {
  readonly expected: CommitSha;
  readonly mergeSha: CommitSha;
  /** Of the stack that was tested: the target moves to it. Absent: to `mergeSha`. */
  readonly top?: CommitSha;
  /** How many land together by that move. Absent: this one alone. */
  readonly stack?: number;
}

export const taskStates = [
  "waiting",
  "queued",
  "running",
  "landing",
  "needs_human",
  "done",
  "failed",
  "cancelled",
  "skipped",
] as const satisfies readonly TaskState[];

export function isTerminal(state: TaskState): boolean {
  return state === "done" || state === "failed" || state === "cancelled" || state === "skipped";
}

/** Does it let its dependants go on? */
export function isSatisfied(state: TaskState): boolean {
  return state === "done" || state === "skipped";
}

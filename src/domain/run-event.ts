/** What can happen to a run: its slots, its target, its goal, the room on its disks. */

import type { Limit, SlotSpec } from "./agent.ts";
import type { GateResult } from "./attempt.ts";
import type { CommitSha, Instant, SlotId, TaskId } from "./id.ts";
import type { Policy } from "./policy.ts";

export interface GoalResult {
  readonly name: string;
  readonly met: boolean;
  readonly detail: string;
  /** Of a command that is red: the end of its output. */
  readonly tail?: string;
}

export type RunEvent =
  // The target.
  | {
      /** The gates were run on it, at this commit. */
      readonly type: "target_checked";
      readonly sha: CommitSha;
      readonly results: readonly GateResult[];
    }
  | {
      /** It has to be mended, and nothing else lands meanwhile. */
      readonly type: "target_red";
      readonly sha: CommitSha;
      readonly fingerprint: string;
      /** The task that mends it; `null`: a person has to. */
      readonly fix: TaskId | null;
      /** From when on attempts begin from it; absent: from then. */
      readonly since?: Instant;
    }
  | { readonly type: "target_green"; readonly sha: CommitSha }
  // The run.
  | {
      readonly type: "run_started";
      readonly runner: string;
      readonly slots: readonly SlotSpec[];
      readonly policy: Policy;
      readonly configHash: string;
      readonly target: string;
      /** Where the target is as the run begins. */
      readonly targetSha: CommitSha;
    }
  | {
      readonly type: "slot_broken";
      readonly slot: SlotId;
      readonly why: string;
      readonly retryAt: Instant;
    }
  /** It may be given work again, to see whether its agent can be used now. */
  | { readonly type: "slot_retried"; readonly slot: SlotId }
  | {
      readonly type: "slot_limited";
      readonly slot: SlotId;
      /** Whose agent has met the limit: this one, or another of the same account. */
      readonly met: SlotId;
      readonly kind: Limit["kind"];
      readonly says: string;
      readonly resetAt: Instant | null;
      readonly until: Instant;
    }
  | { readonly type: "slot_awake"; readonly slot: SlotId }
  | {
      readonly type: "goal_asked";
      readonly check: number;
      /** After a landing: only what costs nothing; absent: all of it. */
      readonly partial?: true;
    }
  | {
      readonly type: "goal_checked";
      readonly results: readonly GoalResult[];
      /** Where the target was; absent: not told. */
      readonly sha?: CommitSha;
      /** It was a part of the goal, after a landing. */
      readonly partial?: true;
    }
  /** Too little is free where a run writes: no attempt begins. */
  | {
      readonly type: "disk_low";
      readonly dir: string;
      readonly freeBytes: number;
      readonly leastBytes: number;
    }
  | { readonly type: "disk_enough" }
  /** The clock of the machine shows an earlier time than at the last event; waits go with it. */
  | { readonly type: "clock_set_back"; readonly byMs: number }
  | { readonly type: "run_stopping"; readonly why: string; readonly exitCode: number }
  | {
      readonly type: "run_ended";
      readonly exitCode: number;
      readonly why: string;
      /** Of one that was killed: when it was known to be alive last; absent: it ended then. */
      readonly aliveAt?: Instant;
    };

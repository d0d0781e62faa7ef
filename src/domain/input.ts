/**
 * What `decide` is asked to judge. People's inputs come from operations, runners' inputs come
 * under a lease, control's own come from the clock and the store.
 */

import type { Evidence, Limit, Report, SlotSpec, Usage } from "./agent.ts";
import type { AgentAsk, Answer } from "./ask.ts";
import type { GateResult, LivePhase, Outcome, Work } from "./attempt.ts";
import type { Lease } from "./commit.ts";
import type { Conflict } from "./conflict.ts";
import type { DiskReading } from "./disk.ts";
import type { InboxItem, PlanPhase, TaskStart } from "./event.ts";
import type { SeenState } from "./evidence.ts";
import type { HandoffReason } from "./handoff.ts";
import type { AgentName, CommitSha, Instant, SlotId, TaskId } from "./id.ts";
import type { Policy } from "./policy.ts";
import type { GoalResult } from "./run-event.ts";
import type { PreparedLanding, TaskSpec } from "./task.ts";

export interface TaskDraft {
  readonly spec: TaskSpec;
  readonly start: TaskStart;
}

/** The parts of a task that `edit` and a changed plan may change; absent parts stay. */
export type TaskChanges = Partial<Omit<TaskSpec, "id" | "source">>;

export type PersonInput =
  | { readonly type: "add"; readonly tasks: readonly TaskDraft[] }
  | {
      readonly type: "import";
      readonly file: string;
      readonly add: readonly TaskDraft[];
      readonly edit: readonly { readonly id: TaskId; readonly changes: TaskChanges }[];
      readonly phases: readonly PlanPhase[];
      readonly inbox: readonly InboxItem[];
    }
  | { readonly type: "edit"; readonly id: TaskId; readonly changes: TaskChanges }
  | { readonly type: "assign"; readonly id: TaskId; readonly agent: AgentName }
  /** Takes it from the session that has it; `to`: only this agent may go on; `null`: anybody may. */
  | { readonly type: "hand_off"; readonly id: TaskId; readonly to: AgentName | null }
  | { readonly type: "cancel"; readonly id: TaskId }
  /** Several tasks in the place of one. */
  | { readonly type: "split"; readonly id: TaskId; readonly into: readonly TaskDraft[] }
  | { readonly type: "retry"; readonly id: TaskId }
  | { readonly type: "skip"; readonly id: TaskId }
  /** Lets a change that is held for review land. */
  | { readonly type: "land"; readonly id: TaskId }
  | {
      readonly type: "reject";
      readonly id: TaskId;
      readonly tellId: string;
      readonly text: string;
    }
  | { readonly type: "revert"; readonly id: TaskId; readonly reason: string }
  | { readonly type: "pause"; readonly id: TaskId | null }
  | { readonly type: "resume"; readonly id: TaskId | null }
  | {
      readonly type: "tell";
      readonly id: TaskId;
      readonly tellId: string;
      readonly text: string;
    }
  | { readonly type: "answer"; readonly ask: string; readonly answer: Answer }
  /** Gives the role of the conductor on; `to`: `null`: to whoever is next. */
  | { readonly type: "move_role"; readonly to: AgentName | null }
  | { readonly type: "clear_inbox"; readonly key: string };

/** What the conductor says in its role. */
export type RoleInput =
  | { readonly type: "acknowledge" }
  | { readonly type: "decided"; readonly text: string }
  | { readonly type: "leave_words"; readonly text: string };

/** What becomes of a call of the conductor. */
export type JudgeInput =
  | { readonly type: "conductor_seen"; readonly percent: number }
  | {
      readonly type: "judgement_ended";
      /**
       * `full`: its conversation or its plan has no room left, in the middle of the call. `cut`: from
       * outside, which says nothing of the agent.
       */
      readonly how: "ended" | "full" | "failed" | "cut";
      readonly why: string;
      /** Why nothing more can be asked of a session whose call has ended; absent: it can. */
      readonly full?: string;
      /** Until when it is limited; `null`: it is not, or not known. */
      readonly limitedUntil: Instant | null;
    };

export type RunnerInput =
  | {
      readonly type: "attempt_moved";
      readonly phase: LivePhase;
      readonly evidence: readonly Evidence[];
      /** Changed files that the task's given scope does not cover; absent: none. */
      readonly outside?: readonly string[];
      /** The work changes temoin.yaml, which has no effect on this run; absent: it does not. */
      readonly config?: boolean;
    }
  | {
      readonly type: "agent_seen";
      readonly state: SeenState | "unknown";
      readonly because: readonly Evidence[];
    }
  | { readonly type: "agent_held"; readonly byPerson: boolean }
  /** By all turns of the attempt so far. */
  | { readonly type: "agent_used"; readonly usage: Usage }
  | { readonly type: "asked"; readonly ask: AgentAsk }
  /** By the agent's own id of the ask. */
  | { readonly type: "ask_closed"; readonly agentAsk: string; readonly why: string }
  | {
      readonly type: "ask_ruled";
      readonly says: string;
      readonly isAllowed: boolean;
      readonly why: string;
    }
  | { readonly type: "answer_refused"; readonly agentAsk: string; readonly why: string }
  | { readonly type: "tell_delivered"; readonly id: string }
  | { readonly type: "gates_ran"; readonly results: readonly GateResult[] }
  /** On the target, at this commit. `commits`: those since it was green, the newest first. */
  | {
      readonly type: "target_checked";
      readonly sha: CommitSha;
      readonly results: readonly GateResult[];
      readonly commits: readonly string[];
    }
  | { readonly type: "feedback_given"; readonly round: number; readonly says: string }
  | { readonly type: "nudged"; readonly isLast: boolean; readonly why: string }
  | { readonly type: "reported"; readonly report: Report }
  | {
      readonly type: "attempt_ended";
      readonly outcome: Outcome;
      readonly why: string;
      readonly work: Work;
      readonly usage: Usage | null;
      readonly evidence: readonly Evidence[];
      /** The agent cannot be used on this slot for now, and why. */
      readonly slotBroken: string | null;
      /** The limit that the agent has met; the slot sleeps until it is over. */
      readonly limit: Limit | null;
      /** `handed_off` only: what made it due. Absent: it was ended from outside. */
      readonly handoff?: HandoffReason;
      /** `refused` only: why its work, which is green, waits for a person. */
      readonly doubt?: string;
      /** `no_change` only: the task's own `verify` ran and passed. */
      readonly verifyPassed: boolean;
    }
  | JudgeInput
  | { readonly type: "landing_prepared"; readonly prepared: PreparedLanding }
  | {
      readonly type: "landed";
      readonly sha: CommitSha;
      readonly proven: boolean;
      /** Why the person's branch could not follow; `null`: it did. */
      readonly followBlocked: string | null;
    }
  | {
      readonly type: "landing_refused";
      readonly outcome: "conflict" | "gate_failed" | "no_change";
      readonly why: string;
      /** What is at odds, for whoever joins it. */
      readonly conflict?: Conflict;
    }
  | { readonly type: "landing_lost"; readonly why: string }
  | {
      readonly type: "goal_checked";
      readonly results: readonly GoalResult[];
      /** Where the target was; absent: it was not asked for. */
      readonly sha?: CommitSha;
      /** Gates that were run now and are red there; absent: none. */
      readonly red?: readonly GateResult[];
      /** Why the person's branch could not follow; `null`: it did. Of a part of the goal it is not asked. */
      readonly followBlocked: string | null;
    };

export type ControlInput =
  | {
      readonly type: "run_started";
      readonly runner: string;
      readonly slots: readonly SlotSpec[];
      readonly policy: Policy;
      readonly configHash: string;
      readonly target: string;
      readonly targetSha: CommitSha;
    }
  /** The lease of an attempt or a landing is over and its holder is gone. */
  | {
      readonly type: "lost";
      readonly task: TaskId;
      readonly attempt: number;
      readonly byRestart: boolean;
      readonly work: Work;
      readonly why: string;
    }
  /** A call of the conductor went away with its runner. */
  | { readonly type: "judgement_lost"; readonly term: number; readonly call: number }
  /** The look at the goal went away with its runner. */
  | { readonly type: "goal_lost"; readonly check: number }
  | { readonly type: "slot_broken"; readonly slot: SlotId; readonly why: string }
  /** `exitCode`: what the run ends with when what is at work has come to its end. */
  | { readonly type: "stop"; readonly why: string; readonly exitCode: number }
  | {
      readonly type: "run_ended";
      readonly exitCode: number;
      readonly why: string;
      /** Of one that was killed: when it was known to be alive last; absent: it ends now. */
      readonly aliveAt?: Instant;
    }
  | ({ readonly type: "disk_read" } & DiskReading)
  | { readonly type: "tick" };

export type Input =
  | { readonly from: "person"; readonly input: PersonInput }
  /** Held to the term in which it speaks. */
  | {
      readonly from: "conductor";
      readonly term: number;
      readonly input: PersonInput | RoleInput;
    }
  | { readonly from: "runner"; readonly input: RunnerInput; readonly lease: Lease }
  | { readonly from: "control"; readonly input: ControlInput };

/** What `$landing`, `$goal`, `$conductor` and a slot's queue carry: enough to find the work, never the work. */
export type Assignment =
  | { readonly kind: "attempt"; readonly task: TaskId; readonly attempt: number }
  | { readonly kind: "landing"; readonly task: TaskId; readonly attempt: number }
  | { readonly kind: "goal"; readonly check: number }
  | { readonly kind: "judgement"; readonly term: number; readonly call: number };

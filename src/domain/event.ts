/**
 * Everything that can have happened: transitions, and the evidence that caused them. Append-only;
 * the state is their fold (`state.ts`). Raw observations do not belong here.
 */

import type { Evidence, Limit, Report, SlotSpec, Usage } from "./agent.ts";
import type { AgentAsk, Answer } from "./ask.ts";
import type { BaseChoice, GateResult, LivePhase, Outcome, Work } from "./attempt.ts";
import type { ConductorEvent } from "./conductor-event.ts";
import type { Conflict } from "./conflict.ts";
import type { SeenState } from "./evidence.ts";
import type { HandoffReason } from "./handoff.ts";
import type { AgentName, CommitSha, Instant, SlotId, TaskId } from "./id.ts";
import type { Policy } from "./policy.ts";
import type { Aftermath, Ending, PreparedLanding, TaskSpec, Wait } from "./task.ts";

/** What waits for a person. `key` makes it one line however often it is met. */
export interface InboxItem {
  readonly key: string;
  readonly kind:
    | "blocked"
    | "no_change"
    | "conflict"
    | "lost"
    | "no_agent"
    | "dependency"
    | "criterion"
    | "proposal"
    | "follow"
    | "goal"
    | "budget"
    | "fix"
    | "doubt"
    | "handoff"
    | "failed"
    | "ask"
    | "review"
    | "revert"
    | "disk"
    | "conductor";
  readonly task: TaskId | null;
  readonly says: string;
  /** The next step: a command or a sentence. */
  readonly next: string;
}

export interface PlanPhase {
  readonly name: string;
  readonly tasks: readonly TaskId[];
  readonly criteria: readonly string[];
}

export interface GoalResult {
  readonly name: string;
  readonly met: boolean;
  readonly detail: string;
  /** Of a command that is red: the end of its output. */
  readonly tail?: string;
}

/** Who did it: a person, an agent by its name, or temoin itself. */
export type Actor = "person" | "temoin" | AgentName;

type Body =
  // The queue, as people and plans change it.
  | { readonly type: "task_added"; readonly spec: TaskSpec; readonly status: AddedStatus }
  | { readonly type: "task_edited"; readonly spec: TaskSpec; readonly fields: readonly string[] }
  | { readonly type: "plan_imported"; readonly file: string; readonly phases: readonly PlanPhase[] }
  | { readonly type: "task_paused"; readonly task: TaskId }
  | { readonly type: "task_resumed"; readonly task: TaskId }
  | { readonly type: "project_paused" }
  | { readonly type: "project_resumed" }
  | {
      readonly type: "told";
      readonly task: TaskId;
      readonly id: string;
      readonly text: string;
      /** What it answers, as `Q-3`; absent: nothing. */
      readonly ask?: string;
    }
  | { readonly type: "tell_delivered"; readonly task: TaskId; readonly id: string }
  // Where a task stands.
  | { readonly type: "task_waiting"; readonly task: TaskId; readonly on: readonly Wait[] }
  | {
      readonly type: "task_queued";
      readonly task: TaskId;
      readonly why: string;
      readonly after: Aftermath | null;
    }
  | {
      /** A person opens it again: the count of attempts starts anew. */
      readonly type: "task_reopened";
      readonly task: TaskId;
      /** The next attempt goes on from the work of the last one, not from the target. */
      readonly keepWork: boolean;
    }
  | {
      readonly type: "task_done";
      readonly task: TaskId;
      readonly how: "no_change" | "imported" | "branch";
      readonly proven: boolean;
      /** `branch` only: the head of the verified branch. */
      readonly sha?: CommitSha;
    }
  | {
      readonly type: "task_needs_human";
      readonly task: TaskId;
      readonly why: string;
      /** The verified attempt that is held for a person. */
      readonly review?: number;
      /** Its questions are open, its attempt is not. Absent: no. */
      readonly parked?: true;
    }
  | { readonly type: "task_failed"; readonly task: TaskId; readonly why: string }
  | { readonly type: "task_cancelled"; readonly task: TaskId }
  | { readonly type: "task_skipped"; readonly task: TaskId }
  | { readonly type: "ending_asked"; readonly task: TaskId; readonly ending: Ending }
  // One attempt.
  | {
      readonly type: "attempt_offered";
      readonly task: TaskId;
      readonly attempt: number;
      readonly slot: SlotId;
      readonly agent: AgentName;
      readonly base: BaseChoice;
      readonly because: string;
    }
  | {
      readonly type: "attempt_moved";
      readonly task: TaskId;
      readonly attempt: number;
      readonly phase: LivePhase;
      readonly evidence: readonly Evidence[];
      /** Changed files that the task's given scope does not cover; absent: none. */
      readonly outside?: readonly string[];
      /** The work changes temoin.yaml, which has no effect on this run; absent: it does not. */
      readonly config?: boolean;
    }
  | {
      /** Its session has outlived the temoin that had started it, and goes on under this one. */
      readonly type: "attempt_resumed";
      readonly task: TaskId;
      readonly attempt: number;
      readonly why: string;
    }
  | {
      /** What its driver makes of all that it sees, and on what that rests. */
      readonly type: "agent_seen";
      readonly task: TaskId;
      readonly attempt: number;
      readonly state: SeenState | "unknown";
      readonly because: readonly Evidence[];
    }
  | {
      /** A person is at its keys, or no longer: nothing is typed meanwhile. */
      readonly type: "agent_held";
      readonly task: TaskId;
      readonly attempt: number;
      readonly byPerson: boolean;
    }
  | {
      /** By all turns of the attempt so far. */
      readonly type: "agent_used";
      readonly task: TaskId;
      readonly attempt: number;
      readonly usage: Usage;
    }
  | {
      readonly type: "asked";
      readonly task: TaskId;
      readonly attempt: number;
      /** For people, as `Q-3`. */
      readonly id: string;
      readonly ask: AgentAsk;
      /** What of the brief came near to an answer; absent: it says nothing of such things. */
      readonly why?: string;
    }
  | {
      readonly type: "answered";
      readonly task: TaskId;
      readonly ask: string;
      readonly answer: Answer;
      /** The line of the brief that it stands in; absent: a person gave it. */
      readonly brief?: string;
    }
  | {
      /** A permission that an agent asked for was decided by a rule of the person. */
      readonly type: "ask_ruled";
      readonly task: TaskId;
      readonly attempt: number;
      readonly says: string;
      readonly isAllowed: boolean;
      readonly why: string;
    }
  | {
      readonly type: "answer_refused";
      readonly task: TaskId;
      readonly ask: string;
      readonly why: string;
    }
  | {
      readonly type: "ask_closed";
      readonly task: TaskId;
      readonly ask: string;
      readonly why: string;
    }
  | {
      readonly type: "reported";
      readonly task: TaskId;
      readonly attempt: number;
      readonly report: Report;
    }
  | {
      readonly type: "gates_ran";
      readonly task: TaskId;
      readonly attempt: number;
      readonly results: readonly GateResult[];
    }
  | {
      readonly type: "feedback_given";
      readonly task: TaskId;
      readonly attempt: number;
      readonly round: number;
      readonly says: string;
    }
  | {
      /** It made no progress, was interrupted and got a reminder, or the last prompt of its turn. */
      readonly type: "nudged";
      readonly task: TaskId;
      readonly attempt: number;
      readonly isLast: boolean;
      readonly why: string;
    }
  | {
      readonly type: "attempt_ended";
      readonly task: TaskId;
      readonly attempt: number;
      readonly outcome: Outcome;
      readonly why: string;
      readonly work: Work;
      readonly usage: Usage | null;
      readonly evidence: readonly Evidence[];
      readonly byRestart: boolean;
      /** Its agent could not be used: that says nothing of the task. */
      readonly agentBroken: boolean;
      /** Why its work, which is green, waits for a person; absent: it does not. */
      readonly doubt?: string;
      /** `handed_off` only: what made it due. Absent: it was ended from outside. */
      readonly handoff?: HandoffReason;
    }
  // Its landing.
  | { readonly type: "landing_offered"; readonly task: TaskId; readonly attempt: number }
  | {
      readonly type: "landing_prepared";
      readonly task: TaskId;
      readonly attempt: number;
      readonly prepared: PreparedLanding;
    }
  | {
      readonly type: "landed";
      readonly task: TaskId;
      readonly attempt: number;
      readonly sha: CommitSha;
      readonly proven: boolean;
    }
  | {
      readonly type: "landing_refused";
      readonly task: TaskId;
      readonly attempt: number;
      readonly outcome: Extract<Outcome, "conflict" | "gate_failed" | "no_change">;
      readonly why: string;
      readonly conflict?: Conflict;
    }
  | {
      /** The landing was lost with its runner or found no firm ground; it is offered again. */
      readonly type: "landing_lost";
      readonly task: TaskId;
      readonly attempt: number;
      readonly byRestart: boolean;
      readonly why: string;
    }
  | {
      /** A person wants the landing taken back. */
      readonly type: "revert_asked";
      readonly task: TaskId;
      /** The commit by which it had landed. */
      readonly of: CommitSha;
      readonly reason: string;
    }
  | {
      readonly type: "reverted";
      readonly task: TaskId;
      readonly of: CommitSha;
      /** The commit that takes it back. */
      readonly sha: CommitSha;
      readonly proven: boolean;
    }
  | { readonly type: "revert_refused"; readonly task: TaskId; readonly why: string }
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
    }
  | ConductorEvent
  // What waits for a person.
  | { readonly type: "inbox_added"; readonly item: InboxItem }
  | { readonly type: "inbox_cleared"; readonly key: string };

/** How a task comes in. `imported`: its plan says that it is done; shown as unproven. */
export type TaskStart = "open" | "needs_human" | "imported";

/** Where it stands at once. */
export type AddedStatus =
  | { readonly state: "queued" }
  | { readonly state: "waiting"; readonly on: readonly Wait[] }
  | { readonly state: "needs_human"; readonly why: string }
  | { readonly state: "done" };

export type Event = Body & { readonly at: Instant; readonly by: Actor };
export type EventType = Event["type"];
/** An event before `decide` stamps time and actor on it. */
export type EventBody = Body;

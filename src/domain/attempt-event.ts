/** What can happen to one attempt, and to its landing. */

import type { Evidence, Report, Usage } from "./agent.ts";
import type { AgentAsk, Answer } from "./ask.ts";
import type { BaseChoice, GateResult, LivePhase, Outcome, Work } from "./attempt.ts";
import type { Conflict } from "./conflict.ts";
import type { SeenState } from "./evidence.ts";
import type { HandoffReason } from "./handoff.ts";
import type { AgentName, CommitSha, SlotId, TaskId } from "./id.ts";
import type { PreparedLanding } from "./task.ts";

export type AttemptEvent =
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
  | { readonly type: "revert_refused"; readonly task: TaskId; readonly why: string };

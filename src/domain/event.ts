/**
 * Everything that can have happened: transitions, and the evidence that caused them. Append-only;
 * the state is their fold (`state.ts`). Raw observations do not belong here.
 */

import type { AttemptEvent } from "./attempt-event.ts";
import type { ConductorEvent } from "./conductor-event.ts";
import type { AgentName, CommitSha, Instant, TaskId } from "./id.ts";
import type { RunEvent } from "./run-event.ts";
import type { Aftermath, Ending, TaskSpec, Wait } from "./task.ts";

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
  | AttemptEvent
  | RunEvent
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

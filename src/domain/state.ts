/** The state of a project: the fold of its events. */
import type { SlotSpec } from "./agent.ts";
import type { Event, GoalResult, InboxItem, PlanPhase } from "./event.ts";
import type { Instant, SlotId, TaskId } from "./id.ts";
import type { Policy } from "./policy.ts";
import { Table } from "./table.ts";
import type { Task } from "./task.ts";

/** Which slot does what. `attempt` is the task that it works on. */
export interface Slot {
  readonly spec: SlotSpec;
  readonly task: TaskId | null;
  readonly since: Instant;
  readonly broken: string | null;
}

export interface Run {
  readonly runner: string;
  readonly startedAt: Instant;
  readonly configHash: string;
  readonly target: string;
  readonly policy: Policy;
  readonly stopping: string | null;
  /** `null` while it runs. */
  readonly ended: { readonly at: Instant; readonly exitCode: number; readonly why: string } | null;
}

export interface State {
  /** How many events have been folded. */
  seq: number;
  readonly tasks: Table<TaskId, Task>;
  /** Ids and aliases, as people may write them. */
  readonly names: Table<string, TaskId>;
  /** Tasks in the state `queued`. */
  readonly queued: Table<TaskId, true>;
  /** Who waits for whom. */
  readonly dependants: Table<TaskId, readonly TaskId[]>;
  readonly slots: Table<SlotId, Slot>;
  readonly inbox: Table<string, InboxItem & { readonly at: Instant }>;
  readonly phases: Table<string, PlanPhase & { readonly file: string }>;
  run: Run | null;
  paused: boolean;
  goal: {
    readonly results: readonly GoalResult[];
    readonly at: Instant;
    readonly seq: number;
  } | null;
}

export function emptyState(): State {
  return {
    seq: 0,
    tasks: new Table(),
    names: new Table(),
    queued: new Table(),
    dependants: new Table(),
    slots: new Table(),
    inbox: new Table(),
    phases: new Table(),
    run: null,
    paused: false,
    goal: null,
  };
}

export type { Event };

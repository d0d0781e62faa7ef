/**
 * The state of a project: what a fold of its events knows. `apply.ts` is the fold.
 *
 * A state has one owner. The fold changes it in place (ten thousand tasks are not copied for each
 * event); `fork` gives a second one, in constant time, on which events can be tried out.
 */

import type { Usage } from "./agent.ts";
import type { OpenAsk } from "./ask.ts";
import { type Conductor, noConductor } from "./conductor.ts";
import type { LowDisk } from "./disk.ts";
import type { InboxItem, PlanPhase } from "./event.ts";
import type { CommitSha, Instant, SlotId, TaskId } from "./id.ts";
import type { Policy } from "./policy.ts";
import type { GoalResult } from "./run-event.ts";
import type { Slot } from "./slot.ts";
import { Table } from "./table.ts";
import type { TargetCheck } from "./target-check.ts";
import type { Task } from "./task.ts";

export interface Run {
  readonly runner: string;
  readonly startedAt: Instant;
  /** Since when its account runs: before `startedAt` where it goes on after it was killed. */
  readonly since: Instant;
  /** What its attempts have used in that time, as far as agents have told; `null`: nothing. */
  readonly spent: Usage | null;
  /** A person was told that most of the budget is used. */
  readonly isWarned: boolean;
  readonly configHash: string;
  readonly target: string;
  readonly policy: Policy;
  /** No new work is handed out, and why. */
  readonly stopping: string | null;
  /** What it ends with after that. */
  readonly stopExitCode: number;
  /** `null` while it runs. */
  readonly ended: { readonly at: Instant; readonly exitCode: number; readonly why: string } | null;
}

/** The look at the goal that was asked for last; forgotten when something has changed since. */
export interface GoalCheck {
  readonly check: number;
  /** Only what costs nothing was asked for, after a landing. */
  readonly isPartial: boolean;
  readonly results: readonly GoalResult[] | null;
}

/** What was seen in this run at one commit of the target: nothing is run twice for the same one. */
export interface GoalKnown {
  readonly sha: CommitSha;
  readonly results: readonly GoalResult[];
}

/** The target has to be mended: nothing lands but what does that. */
export interface RedTarget {
  readonly sha: CommitSha;
  readonly fingerprint: string;
  readonly fix: TaskId | null;
  /** Attempts that have begun from the target since then began from what is red. */
  readonly since: Instant;
}

export interface FiledPhase extends PlanPhase {
  readonly file: string;
}

export interface State {
  /** How many events have been folded. */
  seq: number;
  /** When the last of them was. */
  lastAt: Instant;
  readonly tasks: Table<TaskId, Task>;
  /** Ids and aliases, as people may write them. */
  readonly names: Table<string, TaskId>;
  /** Those of `tasks` that are queued. */
  readonly queued: Table<TaskId, Task>;
  /** Those of `tasks` that are running. */
  readonly running: Table<TaskId, true>;
  /** Those of `tasks` that are landing. */
  readonly landing: Table<TaskId, true>;
  /** How many of `tasks` are done, skipped or cancelled: the queue is met when all are. */
  settled: number;
  /** Who waits for a time, and for which. */
  readonly timers: Table<TaskId, Instant>;
  /** Who depends on whom. */
  readonly dependants: Table<TaskId, readonly TaskId[]>;
  /** In the order of the configuration. */
  readonly slots: Table<SlotId, Slot>;
  readonly inbox: Table<string, InboxItem & { readonly at: Instant }>;
  /** What agents wait for a person with, by id. */
  readonly asks: Table<string, OpenAsk>;
  /** How many there ever were. */
  askCount: number;
  /** By file, in the order of the document. */
  readonly phases: Table<string, readonly FiledPhase[]>;
  /** What the gates found on commits of the target, the newest last. */
  checks: readonly TargetCheck[];
  /** `null`: it is green, or nobody knows. */
  redTarget: RedTarget | null;
  /** `null`: there is room. */
  lowDisk: LowDisk | null;
  run: Run | null;
  paused: boolean;
  goalCheck: GoalCheck | null;
  goalKnown: GoalKnown | null;
  /** The last commit of which a landing of this run has recorded that its gates passed. */
  testedSha: CommitSha | null;
  /** Where the target was as the work on the present goal began; `{ changed }` is measured from it. */
  goalSince: CommitSha | null;
  /** How many goal checks were ever asked for. */
  goalChecks: number;
  conductor: Conductor;
}

export function emptyState(): State {
  return {
    seq: 0,
    lastAt: 0,
    tasks: new Table(),
    names: new Table(),
    queued: new Table(),
    running: new Table(),
    landing: new Table(),
    settled: 0,
    timers: new Table(),
    dependants: new Table(),
    slots: new Table(),
    inbox: new Table(),
    asks: new Table(),
    askCount: 0,
    phases: new Table(),
    checks: [],
    redTarget: null,
    lowDisk: null,
    run: null,
    paused: false,
    goalCheck: null,
    goalKnown: null,
    testedSha: null,
    goalSince: null,
    goalChecks: 0,
    conductor: noConductor,
  };
}

/** Valid as long as `state` is not written to. */
export function fork(state: State): State {
  return {
    ...state,
    tasks: state.tasks.fork(),
    names: state.names.fork(),
    queued: state.queued.fork(),
    running: state.running.fork(),
    landing: state.landing.fork(),
    timers: state.timers.fork(),
    dependants: state.dependants.fork(),
    slots: state.slots.fork(),
    inbox: state.inbox.fork(),
    asks: state.asks.fork(),
    phases: state.phases.fork(),
  };
}

/** A task by its id or one of its aliases, as a person may write it. */
export function findTask(state: State, text: string): Task | null {
  const id = state.names.get(text) ?? state.names.get(text.toUpperCase());
  return id === undefined ? null : (state.tasks.get(id) ?? null);
}

/** The task, which the caller knows to exist. */
export function taskOf(state: State, id: TaskId): Task {
  const task = state.tasks.get(id);
  if (task === undefined) throw new Error(`no task ${id} in the state`);
  return task;
}

/** Is a run open that may hand out work? */
export function isRunning(state: State): state is State & { run: Run } {
  return state.run !== null && state.run.ended === null;
}

/** It waits until the target is green again, unless it mends it or may have landed already. */
export function isHeldBack(state: State, task: Task): boolean {
  if (state.redTarget === null || task.state !== "landing") return false;
  // What a person takes back may be what has made it red.
  if (task.spec.mends !== undefined || task.reverting !== undefined) return false;
  return task.prepared === null && !mendsIt(state, state.redTarget, task);
}

/** Its gates are all green on top of what is red: whatever it was for, it mends the target. */
function mendsIt(state: State, { since }: RedTarget, { attempts }: Task): boolean {
  const last = attempts.at(-1);
  const gates = state.run?.policy.gates ?? [];
  if (last === undefined || last.startedAt < since || last.base.from !== "target") return false;
  const own = last.gates.filter(({ where }) => where === "workspace");
  const round = Math.max(...own.map((result) => result.round));
  const passed = own.filter((one) => one.round === round && one.verdict === "passed");
  return gates.length > 0 && gates.every((name) => passed.some((one) => one.name === name));
}

/** Bump it whenever the shape of the state or the meaning of an event changes. */
export const foldVersion = "18";

/** A state as text, for a snapshot that may be thrown away. */
export function writeState(state: State): string {
  return JSON.stringify({
    ...state,
    tasks: [...state.tasks.entries()],
    names: [...state.names.entries()],
    queued: [...state.queued.keys()],
    running: [...state.running.entries()],
    landing: [...state.landing.entries()],
    timers: [...state.timers.entries()],
    dependants: [...state.dependants.entries()],
    slots: [...state.slots.entries()],
    inbox: [...state.inbox.entries()],
    asks: [...state.asks.entries()],
    phases: [...state.phases.entries()],
  });
}

/** The inverse of `writeState`, for text that was written by the same fold version. */
export function readState(text: string): State {
  const raw = JSON.parse(text);
  const tasks = tableOf<TaskId, Task>(raw.tasks);
  const queued = new Table<TaskId, Task>();
  for (const id of raw.queued) {
    const task = tasks.get(id);
    if (task !== undefined) queued.set(id, task);
  }
  return {
    ...raw,
    tasks,
    queued,
    names: tableOf(raw.names),
    running: tableOf(raw.running),
    landing: tableOf(raw.landing),
    timers: tableOf(raw.timers),
    dependants: tableOf(raw.dependants),
    slots: tableOf(raw.slots),
    inbox: tableOf(raw.inbox),
    asks: tableOf(raw.asks),
    phases: tableOf(raw.phases),
  };
}

function tableOf<K, V>(entries: Iterable<readonly [K, V]>): Table<K, V> {
  const table = new Table<K, V>();
  for (const [key, value] of entries) table.set(key, value);
  return table;
}

/** How a task is shown: its state as people see it, who has or had it, what came of it. */

import type { EndedAttempt } from "./attempt.ts";
import type { AgentName, CommitSha, TaskId } from "./id.ts";
import { scopesMeet } from "./scope.ts";
import type { State } from "./state.ts";
import { priorities, type Task, type TaskState, taskStates } from "./task.ts";

/** The task at work whose file scope keeps this one back; `null`: none. */
export type HeldBy = (task: Task) => TaskId | null;

/**
 * Looks at the scopes at work once, for as many tasks as are asked about. Says the same as
 * `heldBy` of the schedule for queued tasks; ten thousand of them cost milliseconds, because two
 * globs whose fixed beginnings differ cannot meet and are not compared.
 */
export function holds(state: State): HeldBy {
  const scopes = [...atWork(state)]
    .filter((task) => task.spec.touches.length > 0)
    .map(({ spec }) => ({ id: spec.id, globs: spec.touches.map(withBeginning) }));
  if (scopes.length === 0) return () => null;
  return (task) => {
    if (task.state !== "queued" || task.spec.touches.length === 0) return null;
    const own = task.spec.touches.map(withBeginning);
    const other = scopes.find((scope) => scope.globs.some((a) => own.some((b) => canMeet(a, b))));
    return other?.id ?? null;
  };
}

function* atWork(state: State): Generator<Task> {
  for (const ids of [state.running, state.landing]) {
    for (const id of ids.keys()) {
      const task = state.tasks.get(id);
      if (task !== undefined) yield task;
    }
  }
}

interface Glob {
  readonly text: string;
  /** Every path that it matches begins with this. */
  readonly beginning: string;
}

function withBeginning(text: string): Glob {
  const path = text.replace(/^\.?\/+/, "").replace(/\/+/g, "/");
  const wild = path.search(/[*?[{]/);
  // `src/**` also matches `src`: a slash at the end of the beginning is not part of each path.
  const beginning = (wild < 0 ? path : path.slice(0, wild)).replace(/\/$/, "");
  return { text, beginning };
}

function canMeet(a: Glob, b: Glob): boolean {
  const isPossible = a.beginning.startsWith(b.beginning) || b.beginning.startsWith(a.beginning);
  return isPossible && scopesMeet([a.text], [b.text]);
}

/** A queued task that a scope at work keeps back is shown as waiting. */
export function shownState(task: Task, heldBy: HeldBy): TaskState {
  return task.state === "queued" && heldBy(task) !== null ? "waiting" : task.state;
}

/** In the order in which they are served, as far as that is known before somebody is free. */
export function byTurn(a: Task, b: Task): number {
  const rank = ({ spec }: Task): number => priorities.indexOf(spec.priority);
  return rank(a) - rank(b) || a.order - b.order;
}

/** How many tasks are shown in each state. */
export function countTasks(state: State): Readonly<Record<TaskState, number>> {
  const counts: Record<TaskState, number> = { ...noTasks };
  const heldBy = holds(state);
  for (const task of state.tasks.values()) counts[shownState(task, heldBy)] += 1;
  return counts;
}

// Every state of the list is a key; TypeScript cannot see that of an object made from a list.
const noTasks = Object.fromEntries(taskStates.map((state) => [state, 0])) as Record<
  TaskState,
  number
>;

/** Who has it or had it last; before its first attempt, whom it is pinned to. */
export function shownAgent(task: Task): AgentName | null {
  const isOpen = task.state === "waiting" || task.state === "queued";
  if (isOpen) return task.spec.agent;
  return task.attempts.at(-1)?.agent ?? task.spec.agent;
}

/** The outcome of the last attempt; for what is done without one, how. `null`: none yet. */
export function shownOutcome(task: Task): EndedAttempt["outcome"] | "imported" | "branch" | null {
  if (task.state === "done" && task.how !== "landed") return task.how;
  const last = task.attempts.at(-1);
  return last?.phase === "ended" ? last.outcome : null;
}

export function landedSha(task: Task): CommitSha | null {
  return task.state === "done" && task.how === "landed" ? task.sha : null;
}

/** Sign and word of a state, for pages that people read. */
export function stateText(state: TaskState): string {
  return `${stateSigns[state]} ${state.replaceAll("_", " ")}`;
}

const stateSigns: Readonly<Record<TaskState, string>> = {
  waiting: "⏳",
  queued: "⏳",
  running: "🔄",
  landing: "🔄",
  done: "✅",
  needs_human: "⚠️",
  failed: "❌",
  cancelled: "❌",
  skipped: "✅",
};

/** How the fold writes a task: its place in the queue and among the timers moves with it. */

import type { Attempt } from "./attempt.ts";
import type { Instant, TaskId } from "./id.ts";
import { type State, taskOf } from "./state.ts";
import type { Table } from "./table.ts";
import type { Task, TaskFacts, TaskStatus } from "./task.ts";

export function putTask(state: State, task: Task): void {
  const id = task.spec.id;
  const before = state.tasks.get(id);
  state.settled += Number(isSettled(task)) - Number(before !== undefined && isSettled(before));
  state.tasks.set(id, task);
  mark(state.queued, id, task.state === "queued" ? task : null);
  mark(state.running, id, task.state === "running" ? true : null);
  mark(state.landing, id, task.state === "landing" ? true : null);
  mark(state.timers, id, waitsUntil(task));
}

function mark<V>(table: Table<TaskId, V>, id: TaskId, value: V | null): void {
  if (value !== null) table.set(id, value);
  else if (table.has(id)) table.delete(id);
}

function isSettled(task: Task): boolean {
  return task.state === "done" || task.state === "skipped" || task.state === "cancelled";
}

export function setFacts(state: State, id: TaskId, change: Partial<TaskFacts>): void {
  putTask(state, { ...taskOf(state, id), ...change });
}

export function setStatus(state: State, id: TaskId, status: TaskStatus): void {
  const task = taskOf(state, id);
  const { spec, addedAt, order, attempts, lifeStart, workStart, tells, paused } = task;
  const facts = { spec, addedAt, order, attempts, lifeStart, workStart, tells, paused };
  putTask(state, { ...facts, ...status });
}

/** Attempt `n` of a task; attempts are numbered from 1 without a gap. */
export function attemptOf(task: Task, n: number): Attempt {
  const attempt = task.attempts[n - 1];
  if (attempt === undefined) throw new Error(`${task.spec.id} has no attempt ${n}`);
  return attempt;
}

function waitsUntil(task: Task): Instant | null {
  if (task.state !== "waiting") return null;
  let until: Instant | null = null;
  for (const wait of task.on) {
    if (wait.kind === "time" && (until === null || wait.until > until)) until = wait.until;
  }
  return until;
}

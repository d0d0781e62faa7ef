/** How the fold writes a task: its place in the queue and among the timers moves with it. */

import type { Attempt } from "./attempt.ts";
import type { Instant, TaskId } from "./id.ts";
import { type State, taskOf } from "./state.ts";
import type { Task, TaskFacts, TaskStatus } from "./task.ts";

export function putTask(state: State, task: Task): void {
  const id = task.spec.id;
  state.tasks.set(id, task);
  if (task.state === "queued") state.queued.set(id, task);
  else if (state.queued.has(id)) state.queued.delete(id);
  const until = waitsUntil(task);
  if (until !== null) state.timers.set(id, until);
  else if (state.timers.has(id)) state.timers.delete(id);
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

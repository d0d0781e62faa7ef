/**
 * Who does what next: a matching of queued tasks to free slots.
 *
 * A task may go to any slot of the agent that it is pinned to, else to any slot. Among the slots
 * that it may take it prefers the agent of its last attempt when the outcome says so, then agents
 * with its role, then the order of the file; an agent that could not be used when it was last tried
 * comes after all others, and so does the one that is the conductor. Tasks whose question was
 * answered are served first, then by priority; within a priority those that a free agent
 * has the role for come first, then the older one. A task that was placed is moved to another of
 * its slots when that lets one more task start, so no ready task waits while an agent that may take
 * it is free. A slot that is broken or asleep is not free.
 *
 * Two tasks whose given scopes meet never run at once. Where one of the two was only learnt from a
 * brief, they are kept apart as long as there is something else for the slot, and no longer.
 */

import type { TaskId } from "./id.ts";
import { type Match, Matching } from "./matching.ts";
import { knownRoles } from "./may-take.ts";
import { scopesMeet } from "./scope.ts";
import { isAwake, type Slot } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import { barred, isConductors } from "./succession.ts";
import { type Priority, priorities, type Task } from "./task.ts";

/** The matching of now; empty when no work may be handed out. */
export function schedule(state: State): readonly Match[] {
  if (!isRunning(state) || state.run.stopping !== null || state.paused) return [];
  if (state.lowDisk !== null) return [];
  const free = [...state.slots.values()].filter((slot) => slot.task === null && isAwake(slot));
  if (free.length === 0) return [];
  const isLast = (slot: Slot) => slot.failures > 0 || isConductors(state, slot);
  const matching = new Matching(free, {
    roles: knownRoles(state),
    isLast,
    isBarred: barred(state),
  });
  const held = scopesAtWork(state);
  const kept = serve(matching, held, queuedByPriority(state), keptBack);
  // What is left of the slots has nothing else to do.
  if (kept.some((tasks) => tasks.length > 0)) serve(matching, held, kept, isBarred);
  return matching.matches();
}

/** Places what it can, by priority; the tasks that only a learnt scope has kept back are left. */
function serve(
  matching: Matching,
  held: Scopes[],
  queue: readonly (readonly Task[])[],
  isKept: typeof keptBack,
): readonly (readonly Task[])[] {
  const kept: Task[][] = [];
  for (const tasks of queue) {
    const soft: Task[] = [];
    kept.push(soft);
    let open: readonly Task[] = tasks;
    for (const pass of ["fit", "fallback"] as const) {
      const left: Task[] = [];
      for (const task of open) {
        if (matching.isFull) return [];
        const own = scopesOf(task);
        // Scopes at work only grow within a matching: who is held back now is so to its end.
        if (own !== null && isKept(own, held)) {
          if (!isBarred(own, held)) soft.push(task);
          continue;
        }
        if (!matching.place(task, pass)) left.push(task);
        else if (own !== null) held.push(own);
      }
      open = left;
    }
  }
  return kept;
}

/** What a task touches: as it was given, or as it was learnt. */
interface Scopes {
  readonly globs: readonly string[];
  readonly isGiven: boolean;
}

function scopesOf({ spec }: Task): Scopes | null {
  if (spec.touches.length > 0) return { globs: spec.touches, isGiven: true };
  const { learnt = [] } = spec;
  return learnt.length > 0 ? { globs: learnt, isGiven: false } : null;
}

function keptBack(own: Scopes, held: readonly Scopes[]): boolean {
  return held.some((scope) => scopesMeet(scope.globs, own.globs));
}

function isBarred(own: Scopes, held: readonly Scopes[]): boolean {
  return held.some((scope) => scope.isGiven && own.isGiven && scopesMeet(scope.globs, own.globs));
}

/** Who is at work on files that it may touch too, as far as one of the two scopes was only learnt. */
export function softlyHeldBy(state: State, task: Task): TaskId | null {
  const own = scopesOf(task);
  if (own === null) return null;
  for (const other of atWork(state)) {
    const scope = scopesOf(other);
    if (scope === null || (scope.isGiven && own.isGiven)) continue;
    if (scopesMeet(scope.globs, own.globs)) return other.spec.id;
  }
  return null;
}

/** Is the task kept back by the file scope of one at work? Which one? */
export function heldBy(state: State, task: Task): TaskId | null {
  if (task.spec.touches.length === 0) return null;
  for (const other of atWork(state)) {
    if (scopesMeet(other.spec.touches, task.spec.touches)) return other.spec.id;
  }
  return null;
}

function queuedByPriority(state: State): readonly Task[][] {
  const answered: Task[] = [];
  const buckets: Record<Priority, Task[]> = { urgent: [], high: [], medium: [], low: [] };
  for (const task of state.queued.values()) {
    if (task.paused) continue;
    if (isAnswered(task)) {
      answered.push(task);
      continue;
    }
    const isFix = task.state === "queued" && task.after?.fix !== undefined;
    buckets[isFix ? "urgent" : task.spec.priority].push(task);
  }
  // Nearly in order already, which makes this linear.
  for (const bucket of [answered, ...Object.values(buckets)]) {
    bucket.sort((a, b) => a.order - b.order);
  }
  return [answered, ...priorities.map((priority) => buckets[priority])];
}

/** A person has answered what it waited with, and may wait for what comes of it. */
export function isAnswered(task: Task): boolean {
  return task.state === "queued" && task.after?.isAnswered === true;
}

function* atWork(state: State): Generator<Task> {
  for (const slot of state.slots.values()) {
    const task = slot.task === null ? undefined : state.tasks.get(slot.task);
    if (task !== undefined) yield task;
  }
  for (const id of state.landing.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined) yield task;
  }
}

function scopesAtWork(state: State): Scopes[] {
  return [...atWork(state)].flatMap((task) => scopesOf(task) ?? []);
}

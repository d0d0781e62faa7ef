/**
 * When will the run be over? An estimate from what has been seen, or `null` where nothing has.
 *
 * A task is expected to take what its plan says, where that is a length of time; else the median of
 * the attempts of this project that were verified. The end is the later of two bounds: all expected
 * work spread evenly over the usable slots, and the longest chain of dependencies. Work that waits
 * for a person, and what depends on it, is not counted, nor are slots that are limited or broken. Attempts that will fail are not foreseen,
 * nor is the time of gates on landings: the estimate is early rather than late. How far it can be
 * off, `eta-range.ts` tells.
 */

import type { Instant, TaskId } from "./id.ts";
import { isAwake } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import { isSatisfied, type Task } from "./task.ts";
import { estimateMs } from "./view-duration.ts";

export function eta(state: State, now: Instant): Instant | null {
  if (!isRunning(state) || state.paused || state.run.stopping !== null) return null;
  if (state.lowDisk !== null) return null;
  const slots = [...state.slots.values()].filter(isAwake).length;
  const usualMs = medianAttemptMs(state);
  const left = new Map<TaskId, number>();
  for (const task of reachable(state)) {
    const expectedMs = expectedMsOf(task, usualMs);
    const leftMs = remainingMs(task, expectedMs, now);
    if (leftMs === null) return null;
    left.set(task.spec.id, leftMs);
  }
  if (left.size === 0) return now;
  if (slots === 0) return null;
  let totalMs = 0;
  for (const ms of left.values()) totalMs += ms;
  return Math.round(now + Math.max(totalMs / slots, longestChainMs(state, left)));
}

/** What an attempt at it takes by its plan, else as usual; `null`: neither is known. */
export function expectedMsOf(task: Task, usualMs: number | null): number | null {
  return estimateMs(task.spec.estimate) ?? usualMs;
}

/** The usual length of an attempt that was verified, in milliseconds; `null`: none was yet. */
export function medianAttemptMs(state: State): number | null {
  const lengths: number[] = [];
  for (const task of state.tasks.values()) {
    for (const attempt of task.attempts) {
      if (attempt.phase === "ended" && attempt.outcome === "verified") {
        lengths.push(attempt.endedAt - attempt.startedAt);
      }
    }
  }
  lengths.sort((a, b) => a - b);
  const upper = lengths[Math.floor(lengths.length / 2)];
  const lower = lengths[Math.floor((lengths.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function remainingMs(task: Task, expectedMs: number | null, now: Instant): number | null {
  if (task.state === "landing") return 0;
  if (expectedMs === null) return null;
  if (task.state !== "running") return expectedMs;
  const startedAt = task.attempts[task.attempt - 1]?.startedAt ?? now;
  return Math.max(0, expectedMs - (now - startedAt));
}

/** Open tasks that come to their turn without a person, each after those that it depends on. */
export function reachable(state: State): readonly Task[] {
  const missing = new Map<TaskId, number>();
  const ready: Task[] = [];
  for (const task of state.tasks.values()) {
    if (!canGoOn(task)) continue;
    const open = openDeps(state, task).length;
    missing.set(task.spec.id, open);
    if (open === 0) ready.push(task);
  }
  // The list grows while it is walked: each task that comes out may free its dependants.
  for (const task of ready) {
    for (const id of new Set(state.dependants.get(task.spec.id) ?? [])) {
      const open = (missing.get(id) ?? 0) - 1;
      missing.set(id, open);
      const dependant = state.tasks.get(id);
      if (open === 0 && dependant !== undefined && canGoOn(dependant)) ready.push(dependant);
    }
  }
  return ready;
}

function openDeps(state: State, task: Task): readonly TaskId[] {
  if (task.state !== "waiting") return [];
  return [...new Set(task.spec.deps)].filter((id) => {
    const dep = state.tasks.get(id);
    return dep === undefined || !isSatisfied(dep.state);
  });
}

function canGoOn(task: Task): boolean {
  const { state } = task;
  if (state === "running" || state === "landing") return true;
  return (state === "queued" || state === "waiting") && !task.paused;
}

/** `left` holds the tasks in an order in which each comes after those that it depends on. */
export function longestChainMs(state: State, left: ReadonlyMap<TaskId, number>): number {
  const endMs = new Map<TaskId, number>();
  let longest = 0;
  for (const [id, ownMs] of left) {
    const deps = state.tasks.get(id)?.spec.deps ?? [];
    const startMs = Math.max(0, ...deps.map((dep) => endMs.get(dep) ?? 0));
    endMs.set(id, startMs + ownMs);
    longest = Math.max(longest, startMs + ownMs);
  }
  return longest;
}

/**
 * A clock that was set back. Whatever waits for an instant that was counted from the old time would
 * wait for hours: it is brought forward by as much, so that it waits as long as it had to. A deadline
 * is a time of day, and stays. A clock that was set ahead lets what waits come early, which harms
 * nothing: a limit that is not over is met again.
 */

import { isLive } from "./attempt.ts";
import type { Draft } from "./draft.ts";
import type { Event } from "./event.ts";
import { setSlot } from "./fold-attempt.ts";
import { setConductorBack } from "./fold-conductor.ts";
import type { Instant, TaskId } from "./id.ts";
import { putTask } from "./put-task.ts";
import { type State, taskOf } from "./state.ts";
import type { Task } from "./task.ts";

/** Less is no jump: processes that write into one store, and a clock that is corrected (chosen). */
export const leastSetBackMs = 2_000;

/** Was it set back since the last event, by enough to tell? */
export function isSetBack(lastAt: Instant, now: Instant): boolean {
  return lastAt - now >= leastSetBackMs;
}

export function noteSetBack(draft: Draft): void {
  const { lastAt } = draft.state;
  if (!isSetBack(lastAt, draft.now)) return;
  draft.emit({ type: "clock_set_back", byMs: lastAt - draft.now }, "temoin");
}

export function foldSetBack(state: State, { byMs }: Extract<Event, { type: "clock_set_back" }>) {
  for (const id of [...state.timers.keys()]) bringForward(state, id, byMs);
  for (const id of [...state.running.keys(), ...state.landing.keys()]) putBack(state, id, byMs);
  for (const { spec, asleep, broken, since } of [...state.slots.values()]) {
    setSlot(state, spec.id, {
      since: since - byMs,
      ...(asleep === null ? {} : { asleep: { ...asleep, until: asleep.until - byMs } }),
      ...(broken === null ? {} : { broken: { ...broken, retryAt: broken.retryAt - byMs } }),
    });
  }
  for (const [id, open] of [...state.asks.entries()]) {
    state.asks.set(id, { ...open, at: open.at - byMs });
  }
  setConductorBack(state, byMs);
  const { redTarget, lowDisk, run } = state;
  if (redTarget !== null) state.redTarget = { ...redTarget, since: redTarget.since - byMs };
  if (lowDisk !== null) state.lowDisk = { ...lowDisk, since: lowDisk.since - byMs };
  if (run === null) return;
  state.run = { ...run, startedAt: run.startedAt - byMs, since: run.since - byMs };
}

function bringForward(state: State, id: TaskId, byMs: number): void {
  const task = taskOf(state, id);
  if (task.state !== "waiting") return;
  const on = task.on.map((wait) =>
    wait.kind === "time" ? { ...wait, until: wait.until - byMs } : wait,
  );
  putTask(state, { ...task, on });
}

/** What is at work has begun as long ago as before. */
function putBack(state: State, id: TaskId, byMs: number): void {
  const task: Task = taskOf(state, id);
  const attempts = task.attempts.map((attempt, place) => {
    if (place < task.attempts.length - 1) return attempt;
    const begun = { startedAt: attempt.startedAt - byMs };
    return isLive(attempt)
      ? { ...attempt, ...begun, since: attempt.since - byMs }
      : { ...attempt, ...begun };
  });
  putTask(state, { ...task, attempts });
}

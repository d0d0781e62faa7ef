/**
 * When an attempt that waits for a person's answer gives its slot to other work: it is ended with its
 * work saved, the question stays open, and the answer makes the task ready again, first in line. Pure.
 *
 * Only for questions that words or a choice answer: a permission holds for the call that waits, a
 * dialog is on a screen. Never for nothing: at least one more task must be able to start by it.
 */

import { asksOf, isQuestion, type OpenAsk } from "./ask.ts";
import { noMoreWork } from "./budget.ts";
import type { Draft } from "./draft.ts";
import type { Instant, SlotId, TaskId } from "./id.ts";
import { parkMsOf } from "./policy.ts";
import { attemptOf } from "./put-task.ts";
import { schedule } from "./schedule.ts";
import { fork, isRunning, type State, taskOf } from "./state.ts";
import type { Task } from "./task.ts";
import { durationText } from "./view-duration.ts";
import { listText } from "./view-text.ts";

export type Parking =
  | { readonly do: "park"; readonly why: string }
  /** `until`: when it is to be judged anew; `null`: time alone changes nothing. */
  | { readonly do: "wait"; readonly until: Instant | null; readonly why: string };

/** `null`: nobody is asked anything, or its attempt is being ended. */
export function judgeParking(state: State, id: TaskId, now: Instant): Parking | null {
  const task = taskOf(state, id);
  if (!isRunning(state) || task.state !== "running" || task.ending !== null) return null;
  // Who asks by the tool does not wait: its turn goes on, and what it has done then waits instead.
  const asks = asksOf(state.asks, id).filter(({ ask }) => ask.isTool !== true);
  if (asks.length === 0) return null;
  const held = heldOn(task, asks);
  if (held !== null) return { do: "wait", until: null, why: held };
  const afterMs = parkMsOf(state.run.policy);
  if (afterMs === null) {
    return { do: "wait", until: null, why: "its agent waits for the answer: watch.park is never" };
  }
  const due = Math.min(...asks.map(({ at }) => at)) + afterMs;
  if (now < due) {
    const why = `${durationText(afterMs)} after it was asked (watch.park) its slot goes to other work, if there is some`;
    return { do: "wait", until: due, why };
  }
  if (!wouldHelp(state, task.slot, now)) {
    return {
      do: "wait",
      until: null,
      why: "its agent waits for the answer: nothing else is ready for its slot",
    };
  }
  const names = listText(asks.map((open) => `${open.id}, “${open.ask.says}”`));
  return { do: "park", why: `it waits for a person (${names}), and its slot takes other work` };
}

/** Those who have waited long enough, as long as each lets one more task start. */
export function parkWaiting(draft: Draft): void {
  if (draft.state.queued.size === 0 || draft.state.asks.size === 0) return;
  const ids = new Set([...draft.state.asks.values()].map(({ task }) => task));
  // One that leaves may free the files that another one's successor needs.
  while ([...ids].some((id) => parkOne(draft, id)));
}

function parkOne(draft: Draft, id: TaskId): boolean {
  const parking = judgeParking(draft.state, id, draft.now);
  if (parking?.do !== "park") return false;
  const ending = { to: "parked", why: parking.why } as const;
  draft.emit({ type: "ending_asked", task: id, ending }, "temoin");
  return true;
}

/** When one of them is to be judged anew. */
export function* parkingTimes(state: State): Generator<Instant> {
  const afterMs = isRunning(state) ? parkMsOf(state.run.policy) : null;
  if (afterMs === null) return;
  for (const { at, task } of state.asks.values()) {
    if (state.running.has(task)) yield at + afterMs;
  }
}

/** Why its agent has to wait, whoever else could work; `null`: it need not. */
function heldOn(
  task: Extract<Task, { state: "running" }>,
  asks: readonly OpenAsk[],
): string | null {
  if (asks.some(({ answer }) => answer !== null)) return "an answer is on its way to its agent";
  const bound = asks.find(({ ask }) => !isQuestion(ask));
  if (bound !== undefined) {
    return bound.ask.kind === "question"
      ? `its agent waits: ${bound.id} can be answered only at its keys`
      : `its agent waits: an answer to ${bound.id} counts only for the ${bound.ask.kind} that it waits with`;
  }
  const attempt = attemptOf(task, task.attempt);
  const isHeld = attempt.phase !== "ended" && attempt.held;
  return isHeld ? "its agent waits: a person is at its keys" : null;
}

/** Could one more task start, beyond those for which others are being parked already? */
function wouldHelp(state: State, slot: SlotId, now: Instant): boolean {
  if (state.queued.size === 0 || noMoreWork(state, now) !== null) return false;
  const leaving = fork(state);
  for (const id of state.running.keys()) {
    const task = taskOf(state, id);
    if (task.state === "running" && task.ending !== null) free(leaving, task.slot);
  }
  const before = schedule(leaving).length;
  free(leaving, slot);
  return schedule(leaving).length > before;
}

function free(state: State, id: SlotId): void {
  const slot = state.slots.get(id);
  if (slot !== undefined) state.slots.set(id, { ...slot, task: null });
}

/** What control itself brings: a run begins or ends, a lease is over, time has passed. */

import { closeAsks } from "./decide-ask.ts";
import { breakSlot } from "./decide-attempt.ts";
import type { Draft } from "./draft.ts";
import { offerId, type TaskId } from "./id.ts";
import type { Assignment, ControlInput } from "./input.ts";
import {
  askGoal,
  clearTaskInbox,
  goOn,
  landAgain,
  landingOfferId,
  offerLanding,
  open,
  sendHomeless,
} from "./progress.ts";
import { rolesOf, wishOf } from "./schedule.ts";
import { taskOf } from "./state.ts";
import type { Task } from "./task.ts";

export function decideControl(draft: Draft, input: ControlInput): void {
  switch (input.type) {
    case "tick":
      return;
    case "run_started": {
      draft.emit(input);
      for (const id of [...draft.state.running.keys()]) resume(draft, id);
      for (const id of [...draft.state.landing.keys()]) offerLanding(draft, id);
      for (const task of [...draft.state.queued.values()]) sendHomeless(draft, task);
      callHome(draft);
      return;
    }
    case "lost":
      loseWork(draft, input);
      return;
    case "goal_lost":
      if (draft.state.goalCheck?.check === input.check) askGoal(draft);
      return;
    case "slot_broken":
      breakSlot(draft, input.slot, input.why);
      return;
    case "stop":
      if (draft.state.run?.stopping === null) {
        draft.emit({ type: "run_stopping", why: input.why, exitCode: input.exitCode });
      }
      return;
    case "run_ended":
      if (draft.state.run?.ended === null) {
        draft.emit({ type: "run_ended", exitCode: input.exitCode, why: input.why });
      }
      return;
  }
}

/** Whatever still runs as a run begins has a session that lives on: it goes on with it. */
function resume(draft: Draft, id: TaskId): void {
  const task = taskOf(draft.state, id);
  if (task.state !== "running") return;
  const { slot, attempt } = task;
  closeAsks(draft, id, "temoin was started anew");
  draft.retract({ queue: slot, id: currentOffer(task) });
  const why = "its agent has worked on while temoin was away";
  draft.emit({ type: "attempt_resumed", task: id, attempt, why });
  draft.offer({
    queue: slot,
    id: currentOffer(taskOf(draft.state, id)),
    priority: 0,
    data: { kind: "attempt", task: id, attempt } satisfies Assignment,
  });
}

function currentOffer(task: Task): string {
  const attempt = task.attempts.at(-1);
  return offerId(task.spec.id, attempt?.n ?? 0, attempt?.resumed ?? 0);
}

/** Tasks whose agent was missing before, and is there now. */
function callHome(draft: Draft): void {
  const slots = [...draft.state.slots.values()].filter((slot) => slot.broken === null);
  const usable = rolesOf(slots);
  for (const { kind, task: id } of [...draft.state.inbox.values()]) {
    if (kind !== "no_agent" || id === null) continue;
    const task = taskOf(draft.state, id);
    if (task.state !== "needs_human" || wishOf(task, usable).kind === "nobody") continue;
    clearTaskInbox(draft, id);
    open(draft, id, "there is an agent for it now");
  }
}

function loseWork(draft: Draft, input: Extract<ControlInput, { type: "lost" }>): void {
  const { attempt, why, work, byRestart } = input;
  const task = taskOf(draft.state, input.task);
  const id = task.spec.id;
  if (task.state === "running" && task.attempt === attempt) {
    draft.retract({ queue: task.slot, id: currentOffer(task) });
    const evidence = [{ at: draft.now, source: "process", says: why }] as const;
    draft.emit({
      type: "attempt_ended",
      task: id,
      attempt,
      outcome: "lost",
      why,
      work,
      usage: null,
      evidence,
      byRestart,
    });
    goOn(draft, id, false);
  } else if (task.state === "landing" && task.attempt === attempt) {
    draft.retract({ queue: "$landing", id: landingOfferId(id, attempt, task.lost) });
    draft.emit({ type: "landing_lost", task: id, attempt, byRestart, why });
    // Between runs nobody lands: the next run offers it.
    if (draft.state.run?.ended === null) landAgain(draft, id, why);
  }
}

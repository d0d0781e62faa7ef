/** What control itself brings: a run begins or ends, a lease is over, time has passed. */

import { goesOn } from "./budget.ts";
import { closeAsks } from "./decide-ask.ts";
import { clearBudget } from "./decide-budget.ts";
import { endOffice, loseCall } from "./decide-conductor.ts";
import { breakSlot, callHome } from "./decide-slot.ts";
import { decideDisk } from "./disk.ts";
import type { Draft } from "./draft.ts";
import { offerId, type TaskId } from "./id.ts";
import type { Assignment, ControlInput } from "./input.ts";
import { askGoal, landingOfferId, offerLanding } from "./offers.ts";
import { bringHome, goOn, landAgain } from "./progress.ts";
import { taskOf } from "./state.ts";
import { vacantKey } from "./succession.ts";
import type { Task } from "./task.ts";
import { sendHomeless } from "./task-inbox.ts";

export function decideControl(draft: Draft, input: ControlInput): void {
  switch (input.type) {
    case "tick":
      return;
    case "run_started": {
      if (!goesOn(draft.state.run)) clearBudget(draft);
      endOffice(draft);
      // Those whom it names are looked at anew.
      draft.clearInbox(vacantKey);
      draft.emit(input);
      for (const id of [...draft.state.running.keys()]) resume(draft, id);
      for (const id of [...draft.state.landing.keys()]) goOnLanding(draft, id);
      for (const task of [...draft.state.queued.values()]) sendHomeless(draft, task);
      callHome(draft);
      return;
    }
    case "lost":
      loseWork(draft, input);
      return;
    case "judgement_lost":
      loseCall(draft, input);
      return;
    case "goal_lost":
      if (draft.state.goalCheck?.check === input.check) {
        askGoal(draft, draft.state.goalCheck.isPartial);
      }
      return;
    case "slot_broken":
      breakSlot(draft, input.slot, input.why);
      return;
    case "disk_read":
      decideDisk(draft, input);
      return;
    case "stop":
      if (draft.state.run?.stopping === null) {
        draft.emit({ type: "run_stopping", why: input.why, exitCode: input.exitCode });
      }
      return;
    case "run_ended":
      if (draft.state.run?.ended === null) {
        draft.emit(input);
      }
      return;
  }
}

/** What waited to land stays on its branch when nothing lands any more; what has begun is finished. */
function goOnLanding(draft: Draft, id: TaskId): void {
  const task = taskOf(draft.state, id);
  if (task.state !== "landing") return;
  const isBegun = task.prepared !== null || task.reverting !== undefined;
  if (isBegun || draft.state.run?.policy.landing !== "none") offerLanding(draft, id);
  else bringHome(draft, id);
}

/** Whatever still runs as a run begins has a session that lives on: it goes on with it. */
function resume(draft: Draft, id: TaskId): void {
  const task = taskOf(draft.state, id);
  if (task.state !== "running") return;
  const { slot, attempt } = task;
  // What waits without its attempt waits on.
  if (task.ending?.to !== "parked") closeAsks(draft, id, "temoin was started anew");
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

function loseWork(draft: Draft, input: Extract<ControlInput, { type: "lost" }>): void {
  const { attempt, why, work, byRestart } = input;
  const task = taskOf(draft.state, input.task);
  const id = task.spec.id;
  if (task.state === "running" && task.attempt === attempt) {
    draft.retract({ queue: task.slot, id: currentOffer(task) });
    const evidence = [{ at: draft.now, source: "process", says: why }] as const;
    const { ending } = task;
    // A person had handed it on, or given it to another agent: it is cut off, and has what it was for.
    const isHandedOn = ending?.to === "queued";
    draft.emit({
      type: "attempt_ended",
      task: id,
      attempt,
      outcome: isHandedOn ? "handed_off" : "lost",
      why: isHandedOn ? ending.why : why,
      work,
      usage: null,
      evidence,
      byRestart,
      agentBroken: false,
    });
    goOn(draft, id, false);
  } else if (task.state === "landing" && task.attempt === attempt) {
    draft.retract({ queue: "$landing", id: landingOfferId(task) });
    draft.emit({ type: "landing_lost", task: id, attempt, byRestart, why });
    // Between runs nobody lands: the next run offers it.
    if (draft.state.run?.ended === null) landAgain(draft, id, why);
  }
}

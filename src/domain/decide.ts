/**
 * decide(state, input, now): what an input leads to, as a value. It changes nothing; the same
 * state, input and instant give the same decision. A clock that was set back is noted first.
 *
 * After each input the consequences are drawn: timers that are due, slots that wake, free slots, the goal.
 */

import { decideAttempt } from "./decide-attempt.ts";
import { decideJudgement, drawConductor } from "./decide-conductor.ts";
import { decideControl } from "./decide-control.ts";
import { decideLanding, noteFollow } from "./decide-landing.ts";
import { decidePerson } from "./decide-person.ts";
import { decideRole, refuseTerm } from "./decide-role.ts";
import { wakeSlots } from "./decide-slot.ts";
import { type Decision, Draft } from "./draft.ts";
import type { Actor } from "./event.ts";
import { outlook } from "./goal.ts";
import { isCheap } from "./goal-items.ts";
import { mendForGoal, openGoalWork } from "./goal-work.ts";
import type { Instant } from "./id.ts";
import type { Assignment, Input, RunnerInput } from "./input.ts";
import { askGoal, drawMatches } from "./offers.ts";
import { parkWaiting } from "./park.ts";
import { releaseTimers } from "./progress.ts";
import { mendWhatHolds } from "./red-target.ts";
import type { Refusal } from "./refusal.ts";
import { isJudgeInput, isRoleInput, refuseToConductor } from "./role.ts";
import { noteSetBack } from "./set-clock.ts";
import { isRunning, type State, taskOf } from "./state.ts";
import { retellStranded } from "./task-inbox.ts";

export type { Decision } from "./draft.ts";

export function decide(state: State, input: Input, now: Instant): Decision | Refusal {
  const draft = new Draft(state, now, actorOf(state, input));
  noteSetBack(draft);
  const refusal = judge(draft, input);
  if (refusal !== null) return refusal;
  if (isRunning(draft.state)) wakeSlots(draft);
  releaseTimers(draft);
  if (isRunning(draft.state)) mendWhatHolds(draft);
  drawMatches(draft);
  retellStranded(draft);
  drawConductor(draft);
  parkWaiting(draft);
  askWhatIsDue(draft, now);
  return draft.decision();
}

/** The whole goal when nothing can go on, and after each landing what costs nothing. */
function askWhatIsDue(draft: Draft, now: Instant): void {
  const { state } = draft;
  if (!isRunning(state)) return;
  if (outlook(state, now).kind === "ask_goal") askGoal(draft);
  else if (draft.hasLanded && state.goalCheck === null && state.run.policy.goal.some(isCheap)) {
    askGoal(draft, true);
  }
}

export function isRefusal(decided: Decision | Refusal): decided is Refusal {
  return "refused" in decided;
}

function judge(draft: Draft, input: Input): Refusal | null {
  if (input.from === "person") return decidePerson(draft, input.input);
  if (input.from === "conductor") return judgeRole(draft, input);
  if (input.from === "control") {
    decideControl(draft, input.input);
    return null;
  }
  // The lease carries what control itself has put into the offer.
  const assignment = input.lease.data as unknown as Assignment;
  if (!isCurrent(draft.state, assignment)) {
    // Nothing comes of it but the end of the lease, which the store then finds lost.
    draft.settle();
    return null;
  }
  switch (assignment.kind) {
    case "judgement":
      if (!isJudgeInput(input.input)) throw new Error(`conductor: ${input.input.type}`);
      decideJudgement(draft, input.input);
      break;
    case "attempt":
      decideAttempt(draft, assignment, input.input);
      break;
    case "landing":
      decideLanding(draft, assignment, input.input);
      break;
    case "goal":
      if (input.input.type !== "goal_checked") throw new Error(`goal: ${input.input.type}`);
      decideGoal(draft, input.input);
      break;
  }
  return null;
}

function judgeRole(
  draft: Draft,
  { term, input }: Extract<Input, { from: "conductor" }>,
): Refusal | null {
  const refusal = refuseTerm(draft.state, term) ?? refuseToConductor(draft.state, input);
  if (refusal !== null) return refusal;
  return isRoleInput(input) ? decideRole(draft, input) : decidePerson(draft, input);
}

function decideGoal(draft: Draft, input: Extract<RunnerInput, { type: "goal_checked" }>): void {
  const { results, sha, followBlocked } = input;
  const isPartial = draft.state.goalCheck?.isPartial === true;
  draft.settle();
  if (isPartial) {
    draft.emit({ type: "goal_checked", results, partial: true });
    return;
  }
  draft.emit({ type: "goal_checked", results, ...(sha === undefined ? {} : { sha }) });
  noteFollow(draft, followBlocked);
  openGoalWork(draft, results);
  if (sha !== undefined && input.red !== undefined) mendForGoal(draft, sha, input.red);
}

/** Is what was offered still what the state waits for? */
function isCurrent(state: State, assignment: Assignment): boolean {
  if (assignment.kind === "goal") return state.goalCheck?.check === assignment.check;
  if (assignment.kind === "judgement") {
    const { term, call } = state.conductor;
    return term === assignment.term && call?.n === assignment.call;
  }
  const task = taskOf(state, assignment.task);
  const atWork = assignment.kind === "attempt" ? "running" : "landing";
  return task.state === atWork && task.attempt === assignment.attempt;
}

function actorOf(state: State, input: Input): Actor {
  if (input.from === "person") return "person";
  if (input.from === "control") return "temoin";
  if (input.from === "conductor") return state.conductor.agent ?? "temoin";
  const assignment = input.lease.data as unknown as Assignment;
  if (assignment.kind === "judgement") return state.conductor.agent ?? "temoin";
  if (assignment.kind !== "attempt") return "temoin";
  const task = taskOf(state, assignment.task);
  return task.attempts[assignment.attempt - 1]?.agent ?? "temoin";
}

/** What is claimed, made into an order: the state's facts that a runner needs, and no others. */

import { briefFrom } from "./brief.ts";
import { isQueueMet } from "./goal.ts";
import type { BlobHash } from "./id.ts";
import type { Assignment } from "./input.ts";
import type { EarlierAttempt, Order } from "./order.ts";
import { attemptOf } from "./put-task.ts";
import { isRunning, type State } from "./state.ts";
import type { Task } from "./task.ts";

/** The blob that the order needs; `null`: none. */
export function briefOf(state: State, assignment: Assignment): BlobHash | null {
  if (assignment.kind !== "attempt") return null;
  return state.tasks.get(assignment.task)?.spec.brief ?? null;
}

/**
 * The order for an assignment, or `null` when the state has moved on since it was offered: then
 * the lease is of no use to anybody. `brief` is the text kept under `briefOf`.
 */
export function orderFor(state: State, assignment: Assignment, brief: string | null): Order | null {
  if (!isRunning(state)) return null;
  const { policy } = state.run;
  if (assignment.kind === "goal") {
    if (state.goalCheck?.check !== assignment.check) return null;
    // With tasks open the goal cannot be met; what is left is to let the person's branch follow.
    const queueMatters = policy.goal.some((item) => item.kind === "queue");
    const items = queueMatters && !isQueueMet(state) ? [] : policy.goal;
    const since = state.goalSince;
    return since === null ? null : { kind: "goal", items, since, policy };
  }
  const task = state.tasks.get(assignment.task);
  if (task === undefined) return null;
  if (assignment.kind === "landing") return landingOrder(state, task, assignment.attempt);
  if (task.state !== "running" || task.attempt !== assignment.attempt) return null;
  const attempt = attemptOf(task, task.attempt);
  return {
    kind: "attempt",
    task: task.spec,
    brief: briefFrom(brief ?? ""),
    attempt: attempt.n,
    slot: attempt.slot,
    agent: attempt.agent,
    branch: attempt.branch,
    base: attempt.base,
    because: attempt.because,
    earlier: earlierAttempts(task),
    tells: task.tells.filter((tell) => !tell.delivered),
    rounds: attempt.rounds,
    isResumed: attempt.resumed > 0,
    policy,
  };
}

function landingOrder(state: State, task: Task, n: number): Order | null {
  if (task.state !== "landing" || task.attempt !== n || !isRunning(state)) return null;
  const attempt = attemptOf(task, n);
  const { head } = attempt.work;
  if (head === null) throw new Error(`${task.spec.id} attempt ${n} was verified without a commit`);
  return {
    kind: "landing",
    task: task.spec,
    agent: attempt.agent,
    attempt: n,
    branch: attempt.branch,
    head,
    prepared: task.prepared,
    policy: state.run.policy,
  };
}

function earlierAttempts(task: Task): readonly EarlierAttempt[] {
  return task.attempts.slice(task.workStart).flatMap((attempt) => {
    if (attempt.phase !== "ended") return [];
    const last = Math.max(0, ...attempt.gates.map((gate) => gate.round));
    const failedGates = attempt.gates.filter(
      ({ verdict, where, round }) =>
        (verdict === "failed" || verdict === "errored") && (where === "landing" || round === last),
    );
    const { n, agent, outcome, why } = attempt;
    return [{ n, agent, outcome, why, failedGates }];
  });
}

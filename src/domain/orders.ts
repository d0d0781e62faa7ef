/** What is claimed, made into an order: the state's facts that a runner needs, and no others. */

import { isRed } from "./attempt.ts";
import { briefFrom } from "./brief.ts";
import { isCheap, isQueueMet } from "./goal-items.ts";
import { handoffOf } from "./handoff.ts";
import type { BlobHash } from "./id.ts";
import type { Assignment } from "./input.ts";
import type { AttemptOrder, EarlierAttempt, LandingOrder, Order } from "./order.ts";
import { attemptOf } from "./put-task.ts";
import { type GoalKnown, isRunning, type Run, type State } from "./state.ts";
import type { Reverting, Task } from "./task.ts";
import { roleHandoff } from "./view-role.ts";

/** The blob that the order needs; `null`: none. */
export function briefOf(state: State, assignment: Assignment): BlobHash | null {
  if (assignment.kind !== "attempt") return null;
  const spec = state.tasks.get(assignment.task)?.spec;
  return spec === undefined || spec.written !== undefined ? null : spec.brief;
}

/**
 * The order for an assignment, or `null` when the state has moved on since it was offered: then
 * the lease is of no use to anybody. `brief` is the text kept under `briefOf`.
 */
export function orderFor(state: State, assignment: Assignment, brief: string | null): Order | null {
  if (!isRunning(state)) return null;
  const { policy } = state.run;
  if (assignment.kind === "goal") {
    const { goalCheck } = state;
    const known = knownOf(state);
    if (goalCheck?.check !== assignment.check) return null;
    const { isPartial } = goalCheck;
    // With tasks open the goal cannot be met; what is left is to let the person's branch follow.
    const queueMatters = policy.goal.some((item) => item.kind === "queue");
    const isOpen = queueMatters && !isQueueMet(state);
    const items = isPartial ? policy.goal.filter(isCheap) : isOpen ? [] : policy.goal;
    const since = state.goalSince;
    return since === null ? null : { kind: "goal", items, isPartial, known, since, policy };
  }
  if (assignment.kind === "judgement") return judgementOrder(state, assignment);
  const task = state.tasks.get(assignment.task);
  if (task === undefined) return null;
  if (assignment.kind === "landing") return landingOrder(state, task, assignment.attempt);
  if (task.state !== "running" || task.attempt !== assignment.attempt) return null;
  const attempt = attemptOf(task, task.attempt);
  const onto = branchesUnder(state, task);
  const handoff = handoffOf(task);
  return {
    kind: "attempt",
    task: task.spec,
    brief: task.spec.written ?? briefFrom(brief ?? ""),
    attempt: attempt.n,
    slot: attempt.slot,
    agent: attempt.agent,
    branch: attempt.branch,
    base: attempt.base,
    ...(onto.length === 0 ? {} : { onto }),
    because: attempt.because,
    earlier: earlierAttempts(task),
    tells: task.tells.filter(({ delivered, ask }) => !delivered || ask !== undefined),
    ...(handoff === null ? {} : { handoff }),
    rounds: attempt.rounds,
    ...(attempt.nudges === 0 ? {} : { nudges: attempt.nudges }),
    isResumed: attempt.resumed > 0,
    used: attempt.usage,
    checks: state.checks,
    policy,
  };
}

/** What was seen of the goal in this run; before that, that its gates have passed on the target. */
function knownOf(state: State & { run: Run }): GoalKnown | null {
  const check = state.checks.at(-1);
  if (state.goalKnown !== null || check === undefined) return state.goalKnown;
  const passed = new Set(
    check.results.filter(({ verdict }) => verdict === "passed").map(({ name }) => name),
  );
  // What is red is run once more: who mends it is told what it says now.
  if (!state.run.policy.gates.every((name) => passed.has(name))) return null;
  const gates = { name: "gates", met: true, detail: "passed on the target" };
  return { sha: check.sha, results: [gates] };
}

function judgementOrder(
  state: State & { run: Run },
  { term, call: n }: Extract<Assignment, { kind: "judgement" }>,
): Order | null {
  const { conductor } = state;
  const { agent, call, after, acknowledgedAt } = conductor;
  const { policy } = state.run;
  if (agent === null || call?.n !== n || conductor.term !== term) return null;
  if (policy.conductor === undefined) return null;
  const { callMs } = policy.conductor;
  return {
    kind: "judgement",
    term,
    call: n,
    agent,
    after,
    about: call.about,
    isFirst: acknowledgedAt === null,
    handoff: roleHandoff(state),
    until: call.at + callMs,
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
    ...(task.reverting === undefined ? {} : { revert: revertOf(task.reverting) }),
    checks: state.checks,
    policy: state.run.policy,
  };
}

function revertOf({ sha, reason }: Reverting): NonNullable<LandingOrder["revert"]> {
  return { sha, reason };
}

/** What the task depends on and is done without having landed. */
function branchesUnder(state: State, task: Task): NonNullable<AttemptOrder["onto"]> {
  return task.spec.deps.flatMap((dep) => {
    const done = state.tasks.get(dep);
    if (done?.state !== "done" || done.how !== "branch" || done.sha === null) return [];
    return [{ task: dep, head: done.sha }];
  });
}

function earlierAttempts(task: Task): readonly EarlierAttempt[] {
  return task.attempts.slice(task.workStart).flatMap((attempt) => {
    if (attempt.phase !== "ended") return [];
    const last = Math.max(0, ...attempt.gates.map((gate) => gate.round));
    const failedGates = attempt.gates.filter(
      (gate) => isRed(gate) && (gate.where !== "workspace" || gate.round === last),
    );
    const { n, agent, outcome, why, conflict } = attempt;
    const told = conflict === undefined ? {} : { conflict };
    return [{ n, agent, outcome, why, failedGates, ...told }];
  });
}

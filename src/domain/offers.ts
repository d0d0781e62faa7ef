/** What is put into a queue for a runner: attempts, landings, and looks at the goal. */

import { base } from "./base.ts";
import { noMoreWork } from "./budget.ts";
import type { Draft } from "./draft.ts";
import { offerId, type TaskId } from "./id.ts";
import type { Assignment } from "./input.ts";
import { schedule } from "./schedule.ts";
import { isHeldBack, taskOf } from "./state.ts";
import type { Task } from "./task.ts";

/** Free slots get their tasks. */
export function drawMatches(draft: Draft): void {
  if (noMoreWork(draft.state, draft.now) !== null) return;
  for (const match of schedule(draft.state)) {
    const task = taskOf(draft.state, match.task);
    const attempt = task.attempts.length + 1;
    draft.emit(
      {
        type: "attempt_offered",
        task: match.task,
        attempt,
        slot: match.slot.id,
        agent: match.slot.agent,
        base: base(task),
        because: match.because,
      },
      "temoin",
    );
    draft.offer({
      queue: match.slot.id,
      id: offerId(match.task, attempt),
      priority: 0,
      data: { kind: "attempt", task: match.task, attempt } satisfies Assignment,
    });
  }
}

/** Puts the task's verified attempt into the merge queue; urgent work lands first. */
export function offerLanding(draft: Draft, id: TaskId): void {
  const before = taskOf(draft.state, id);
  const attempt = before.attempts.length;
  draft.emit({ type: "landing_offered", task: id, attempt }, "temoin");
  const task = taskOf(draft.state, id);
  if (isHeldBack(draft.state, task)) return;
  if (task.state !== "landing") throw new Error(`${id} is ${task.state}, not landing`);
  const rank = { urgent: 3, high: 2, medium: 1, low: 0 }[task.spec.priority];
  draft.offer({
    queue: "$landing",
    id: landingOfferId(task),
    priority: rank,
    data: { kind: "landing", task: id, attempt } satisfies Assignment,
  });
}

/** When nothing is left that can go on, the goal is looked at, once per state of things. */
export function askGoal(draft: Draft, isPartial = false): void {
  const check = draft.state.goalChecks + 1;
  const part = isPartial ? ({ partial: true } as const) : {};
  draft.emit({ type: "goal_asked", check, ...part }, "temoin");
  draft.offer({
    queue: "$goal",
    id: `goal/${check}`,
    priority: 0,
    data: { kind: "goal", check } satisfies Assignment,
  });
}

export function landingOfferId(task: Extract<Task, { state: "landing" }>): string {
  const { spec, attempt, lost, reverting } = task;
  const what = reverting === undefined ? "landing" : `revert/${reverting.n}`;
  return `${offerId(spec.id, attempt)}/${what}/${lost}`;
}

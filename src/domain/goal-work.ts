/**
 * What is missing from the goal becomes work: a task for a file that should have changed, one for a
 * command that should pass. At most two for each item in a run; then a person is told. A run that
 * may start nothing any more, or has nobody who could, opens none.
 */

import type { GateResult } from "./attempt.ts";
import { type Brief, emptyBrief } from "./brief.ts";
import { noMoreWork } from "./budget.ts";
import type { Draft } from "./draft.ts";
import { openFixTask } from "./fix-task.ts";
import { goalName } from "./goal-items.ts";
import type { CommitSha, Instant } from "./id.ts";
import { ownTaskSpec } from "./own-task.ts";
import type { GoalItem } from "./policy.ts";
import type { GoalResult } from "./run-event.ts";
import { isHopeful } from "./slot.ts";
import { isRunning, type Run, type State, taskOf } from "./state.ts";
import { isTerminal, type TaskSpec } from "./task.ts";
import { sendHomeless } from "./task-inbox.ts";

/** What two tasks have not done, a third will not do either (chosen). */
const mostTasks = 2;

/** After a whole look at the goal. */
export function openGoalWork(draft: Draft, results: readonly GoalResult[]): void {
  const { state, now } = draft;
  if (!isRunning(state)) return;
  for (const result of results) {
    if (result.met) draft.clearInbox(inboxKey(result.name));
  }
  if (!mayOpen(state, now)) return;
  for (const item of state.run.policy.goal) {
    if (item.kind !== "changed" && item.kind !== "run") continue;
    const result = results.find(({ name }) => name === goalName(item));
    if (result !== undefined && !result.met) serve(draft, state.run, { item, result });
  }
}

/** Gates that are red when all tasks have come to their end are mended, whatever their output tells. */
export function mendForGoal(draft: Draft, sha: CommitSha, results: readonly GateResult[]): void {
  const { state, now } = draft;
  if (!isRunning(state) || !mayOpen(state, now)) return;
  const { run } = state;
  // Failures that look another way each time must not be mended for ever.
  const mends = [...state.tasks.values()].filter(
    ({ spec, addedAt }) => spec.mends !== undefined && addedAt >= run.since,
  );
  if (mends.length >= 2 * run.policy.fixTasks) return;
  const why = "every task has come to its end, and the goal was looked at";
  openFixTask(draft, { sha, results, commits: [], why });
}

function mayOpen(state: State & { run: Run }, now: Instant): boolean {
  if (state.run.stopping !== null || noMoreWork(state, now) !== null) return false;
  const { deadline } = state.run.policy;
  return [...state.slots.values()].some((slot) => isHopeful(slot, deadline));
}

interface Missing {
  readonly item: Extract<GoalItem, { kind: "changed" | "run" }>;
  readonly result: GoalResult;
}

function serve(draft: Draft, run: Run, { item, result }: Missing): void {
  const { name, detail } = result;
  const tasks = [...draft.state.tasks.values()].filter((task) => task.spec.goal === name);
  // A person has it, or it is under way.
  if (tasks.some((task) => !isTerminal(task.state))) return;
  const tried = tasks.filter((task) => task.addedAt >= run.since).length;
  if (tried >= mostTasks) {
    draft.inbox({
      key: inboxKey(name),
      kind: "goal",
      task: null,
      says: `the goal ${name} is not met after ${tried} tasks for it: ${detail}`,
      next: "make it true yourself, or change `goal` in temoin.yaml; then temoin run",
    });
    return;
  }
  const spec = specFor(draft.state, { item, result });
  draft.emit({ type: "task_added", spec, status: { state: "queued" } }, "temoin");
  sendHomeless(draft, taskOf(draft.state, spec.id));
}

/** One line for each item that two tasks could not make true. */
function inboxKey(name: string): string {
  return `goal:${name}`;
}

function specFor(state: State, missing: Missing): TaskSpec {
  const { item } = missing;
  const brief = item.kind === "run" ? runBrief(item.command, missing) : changedBrief(item.path);
  const what =
    item.kind === "run" ? `make \`${item.command}\` pass` : `bring ${item.path} up to date`;
  return ownTaskSpec(state, {
    prefix: "G",
    title: `Goal: ${what}`,
    priority: "high",
    brief,
    purpose: { goal: missing.result.name },
    verify: item.kind === "run" ? [item.command] : [],
  });
}

const context =
  "Every task of the queue has come to its end. This is still missing from what must be true for the run to be over.";

function runBrief(command: string, { result }: Missing): Brief {
  const { detail, tail = "" } = result;
  return {
    ...emptyBrief,
    context: tail === "" ? context : `${context} The last lines of its output:\n\n${tail}`,
    objective: `\`${command}\` must exit with 0 at the root of the repository. It does not: ${detail}.`,
    instructions: [
      "Run the command and find out why it fails.",
      "Change what has to be changed for it to pass; change neither the command nor what it checks.",
    ],
    acceptance: [`\`${command}\` exits with 0`],
    tests: [command],
  };
}

function changedBrief(path: string): Brief {
  return {
    ...emptyBrief,
    context,
    objective: `${path} must have been changed by this run, and nobody has changed it.`,
    instructions: [
      `Read ${path}, and what the tasks of this run have changed: \`git log\` and \`git diff\` show it.`,
      `Bring ${path} up to date with that; if there is nothing to say in it, report blocked with the reason.`,
    ],
    deliverables: [path],
    acceptance: [`${path} tells what holds now`],
  };
}

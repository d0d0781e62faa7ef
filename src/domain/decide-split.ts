/**
 * A task that is too big becomes several, in one decision: the parts come in, whatever depended on the
 * task depends on all of them, and the task itself is cancelled. Each part waits for all that the
 * task waited for; what a part leaves open it has from the task, and no check of the task is lost.
 */

import { addTasks, closedCycle } from "./decide-add.ts";
import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import type { TaskDraft } from "./input.ts";
import { partsOf, standingParts } from "./parts.ts";
import { close, reconsider } from "./progress.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { type State, taskOf } from "./state.ts";
import type { Task, TaskSpec } from "./task.ts";
import { countText, listText } from "./view-text.ts";

/** What has more parts was no task (chosen). */
export const mostParts = 50;

export function splitTask(draft: Draft, task: Task, into: readonly TaskDraft[]): Refusal | null {
  const refusal = refuseSplit(draft.state, task, into);
  if (refusal !== null) return refusal;
  const { id } = task.spec;
  const last = lastOf(into.map(({ spec }) => spec));
  if (last === null && task.spec.verify.length > 0) return refuseUnchecked(task);
  const parts = into.map(({ spec, start }) => ({
    spec: partOf(task.spec, spec, spec.id === last),
    start,
  }));
  const ids = parts.map(({ spec }) => spec.id);
  const moved = (draft.state.dependants.get(id) ?? []).map((one) =>
    onParts(taskOf(draft.state, one).spec, id, ids),
  );
  const circle = closedCycle(draft.state, [...parts.map(({ spec }) => spec), ...moved]);
  if (circle !== null) return circle;
  joinPhase(draft, task.spec, ids);
  const added = addTasks(draft, parts);
  if (added !== null) return added;
  for (const part of ids) handDown(draft, task, part);
  for (const spec of moved) draft.emit({ type: "task_edited", spec, fields: ["deps"] });
  close(draft, id, "cancelled", draft.by);
  for (const { id: one } of moved) reconsider(draft, one, `${id} was split`);
  return null;
}

function refuseSplit(state: State, task: Task, into: readonly TaskDraft[]): Refusal | null {
  const { id } = task.spec;
  switch (task.state) {
    case "running":
      return refuse(
        "refused",
        `${id} is running: only what nobody works on can be split.`,
        `temoin cancel ${id} ends its attempt; then split it.`,
      );
    case "landing":
    case "done":
      return refuse("refused", `${id} is ${task.state}: its work is finished.`, "Add new tasks.");
    case "skipped":
      return refuse(
        "refused",
        `${id} is skipped: what depended on it has gone on without it.`,
        `temoin retry ${id} opens it again.`,
      );
    case "waiting":
    case "queued":
    case "needs_human":
    case "failed":
      break;
    case "cancelled":
      return (
        refuseAgain(state, id) ??
        refuse(
          "refused",
          `${id} is cancelled: its work is given up.`,
          `temoin retry ${id} opens it again; then split it.`,
        )
      );
  }
  if (into.length < 2 || into.length > mostParts) {
    const says = `${id} would become ${countText(into.length, "task")}: from two to ${mostParts} make sense.`;
    return refuse("usage", says, `temoin edit ${id} gives one task another brief.`);
  }
  const own = into.find(({ spec }) => spec.deps.includes(id));
  if (own === undefined) return null;
  return refuse(
    "refused",
    `${own.spec.id} depends on ${id}, of which it is a part.`,
    `Leave that away: each part waits for all that ${id} waits for.`,
  );
}

/** Two may split it at once: of the same work there is one set of parts. */
function refuseAgain(state: State, id: TaskId): Refusal | null {
  const parts = standingParts(state, id);
  if (parts.length === 0) return null;
  return refuse(
    "refused",
    `${id} was split already: ${listText(parts)} ${parts.length === 1 ? "stands" : "stand"} for it.`,
    `Split or retry one of them. To have ${id} itself again, cancel all of them, then temoin retry ${id}.`,
  );
}

/**
 * Before a cancelled task is opened again: not beside parts that stand for it. Where all of them were
 * cancelled too, whatever waited for them waits for the task again.
 */
export function takeBack(draft: Draft, task: Task): Refusal | null {
  const { id } = task.spec;
  const refusal = refuseAgain(draft.state, id);
  if (refusal !== null) return refusal;
  const parts = allParts(draft.state, id);
  const waiting = new Set(parts.flatMap((part) => draft.state.dependants.get(part) ?? []));
  const moved = [...waiting]
    .filter((one) => !parts.includes(one))
    .map((one) => {
      const { spec } = taskOf(draft.state, one);
      const deps = spec.deps.map((dep) => (parts.includes(dep) ? id : dep));
      return { ...spec, deps: [...new Set(deps)] };
    });
  const circle = closedCycle(draft.state, moved);
  if (circle !== null) return circle;
  for (const spec of moved) draft.emit({ type: "task_edited", spec, fields: ["deps"] });
  return null;
}

function allParts(state: State, id: TaskId): readonly TaskId[] {
  return partsOf(state, id).flatMap((part) => [part, ...allParts(state, part)]);
}

function refuseUnchecked({ spec: { id, verify } }: Task): Refusal {
  return refuse(
    "refused",
    `${id} must pass \`${verify.join("`, `")}\`, and none of its parts comes after all others.`,
    "Let one depend on all others: it passes that check too.",
  );
}

/** The one that all others come before, directly or not; `null`: there is none. */
function lastOf(parts: readonly TaskSpec[]): TaskId | null {
  const before = new Set(parts.flatMap(({ deps }) => deps));
  const [last, ...others] = parts.filter(({ id }) => !before.has(id));
  return last === undefined || others.length > 0 ? null : last.id;
}

function partOf(whole: TaskSpec, part: TaskSpec, isLast: boolean): TaskSpec {
  const { learnt, ...own } = part;
  const hasScope = part.touches.length > 0 || whole.touches.length > 0;
  return {
    ...own,
    ...(learnt === undefined || hasScope ? {} : { learnt }),
    priority: part.priority === "medium" ? whole.priority : part.priority,
    agent: part.agent ?? whole.agent,
    role: part.role ?? whole.role,
    deps: [...new Set([...whole.deps, ...part.deps])],
    skills: [...new Set([...whole.skills, ...part.skills])],
    phase: whole.phase,
    touches: part.touches.length > 0 ? part.touches : whole.touches,
    verify: [...new Set([...part.verify, ...(isLast ? whole.verify : [])])],
    source: whole.source,
    splitFrom: whole.id,
    ...(whole.goal === undefined ? {} : { goal: whole.goal }),
    ...(whole.mends === undefined ? {} : { mends: whole.mends }),
  };
}

function onParts(spec: TaskSpec, whole: TaskId, parts: readonly TaskId[]): TaskSpec {
  const deps = spec.deps.flatMap((dep) => (dep === whole ? parts : [dep]));
  return { ...spec, deps: [...new Set(deps)] };
}

/** Later phases wait for the parts as they waited for the task. */
function joinPhase(draft: Draft, { id, source }: TaskSpec, parts: readonly TaskId[]): void {
  const phases = source === null ? [] : (draft.state.phases.get(source.file) ?? []);
  if (source === null || !phases.some(({ tasks }) => tasks.includes(id))) return;
  const joined = phases.map(({ name, tasks, criteria }) => ({
    name,
    tasks: tasks.flatMap((one) => (one === id ? [one, ...parts] : [one])),
    criteria,
  }));
  draft.emit({ type: "plan_imported", file: source.file, phases: joined });
}

/** What a person has said to the task and nobody has heard yet, and their wish that it wait. */
function handDown(draft: Draft, { tells, paused }: Task, part: TaskId): void {
  if (paused) draft.emit({ type: "task_paused", task: part });
  for (const { id, text, delivered, ask } of tells) {
    if (delivered && ask === undefined) continue;
    const of = ask === undefined ? {} : { ask };
    draft.emit({ type: "told", task: part, id: `${id}/${part}`, text, ...of }, "temoin");
  }
}

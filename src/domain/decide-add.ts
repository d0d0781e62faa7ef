/** How tasks come into the queue and change there. All of a batch, or nothing of it. */

import type { Draft } from "./draft.ts";
import type { AddedStatus } from "./event.ts";
import type { TaskId } from "./id.ts";
import type { PersonInput, TaskChanges, TaskDraft } from "./input.ts";
import { withParts } from "./parts.ts";
import { open, reconsider } from "./progress.ts";
import { nextOfStarted, type Refusal, refuse } from "./refusal.ts";
import { type State, taskOf } from "./state.ts";
import type { Task, TaskSpec } from "./task.ts";
import { noteDeadEnds, sendHomeless } from "./task-inbox.ts";
import { plainWord } from "./view-text.ts";
import { findCycle, waitsOf } from "./waits.ts";

export function addTasks(draft: Draft, drafts: readonly TaskDraft[]): Refusal | null {
  const refusal = refuseAdding(
    draft.state,
    drafts.map((one) => one.spec),
  );
  if (refusal !== null) return refusal;
  for (const { spec, start } of drafts) {
    const status = statusAtStart(draft.state, spec, start);
    draft.emit({ type: "task_added", spec, status });
    if (status.state === "needs_human") askPerson(draft, spec.id, status.why);
  }
  // What holds it up may have come in later in the same batch, or be done already.
  for (const { spec } of drafts) reconsider(draft, spec.id, "the whole batch is known");
  for (const { spec } of drafts) {
    const task = taskOf(draft.state, spec.id);
    if (task.state === "waiting") noteDeadEnds(draft, task);
    else sendHomeless(draft, task);
  }
  return null;
}

export function importPlan(
  draft: Draft,
  plan: Extract<PersonInput, { type: "import" }>,
): Refusal | null {
  const before = draft.state.phases.get(plan.file) ?? [];
  const phases = withParts(draft.state, plan.phases);
  const filed = phases.map((phase) => ({ ...phase, file: plan.file }));
  const hasNewPhases = JSON.stringify(before) !== JSON.stringify(filed);
  if (hasNewPhases) draft.emit({ type: "plan_imported", file: plan.file, phases });
  const refusal = addTasks(draft, plan.add);
  if (refusal !== null) return refusal;
  for (const { id, changes } of plan.edit) {
    const task = draft.state.tasks.get(id);
    // What has started meanwhile is left alone; the importer reports it.
    if (task === undefined || !canBeEdited(task)) continue;
    const edited = editTask(draft, id, changes);
    if (edited !== null) return edited;
  }
  if (hasNewPhases || plan.add.length > 0) {
    for (const id of [...before, ...phases].flatMap((phase) => phase.tasks)) {
      reconsider(draft, id, "its plan was imported again");
    }
  }
  for (const item of plan.inbox) draft.inbox(item);
  return null;
}

export function editTask(draft: Draft, id: TaskId, changes: TaskChanges): Refusal | null {
  const task = draft.state.tasks.get(id);
  if (task === undefined) {
    return refuse("not_found", `There is no task ${id}.`, "temoin ls lists them.");
  }
  // Once it is opened again, it may be at work before anybody can change it.
  if (!canBeEdited(task) && task.state !== "failed") {
    return refuse(
      "refused",
      `${id} is ${plainWord(task.state)}: only what has not started, or has failed, can be edited.`,
      nextOfStarted(task),
    );
  }
  const { written, ...own } = task.spec;
  const isKept = written !== undefined && changes.brief === undefined;
  const spec: TaskSpec = { ...own, ...(isKept ? { written } : {}), ...changes };
  const fields = (Object.keys(changes) as (keyof TaskChanges)[]).filter(
    (field) => JSON.stringify(task.spec[field]) !== JSON.stringify(spec[field]),
  );
  if (fields.length === 0) return null;
  const refusal = unknownDependency(draft.state, [spec]) ?? closedCycle(draft.state, [spec]);
  if (refusal !== null) return refusal;
  draft.emit({ type: "task_edited", spec, fields });
  const now = taskOf(draft.state, id);
  if (now.state === "waiting") {
    const time = now.on.find((wait) => wait.kind === "time") ?? null;
    open(draft, id, "it was edited", { until: time });
  } else if (now.state === "queued") open(draft, id, "it was edited");
  return null;
}

/** By a plan that comes in again too: waiting, queued, or before a person. */
export function canBeEdited(task: Task): boolean {
  return task.state === "waiting" || task.state === "queued" || task.state === "needs_human";
}

function statusAtStart(state: State, spec: TaskSpec, start: TaskDraft["start"]): AddedStatus {
  if (start === "imported") return { state: "done" };
  if (start === "needs_human") {
    return { state: "needs_human", why: "its plan says that it is blocked" };
  }
  const on = waitsOf(state, spec);
  return on.length > 0 ? { state: "waiting", on } : { state: "queued" };
}

function askPerson(draft: Draft, id: TaskId, why: string): void {
  draft.inbox({
    key: `blocked:${id}`,
    kind: "blocked",
    task: id,
    says: `${id}: ${why}`,
    next: `temoin retry ${id} lets it go on; temoin cancel ${id} ends it`,
  });
}

function refuseAdding(state: State, specs: readonly TaskSpec[]): Refusal | null {
  const batch = new Set<TaskId>();
  for (const spec of specs) {
    if (state.tasks.has(spec.id) || batch.has(spec.id)) {
      return refuse(
        "refused",
        `There is a task ${spec.id} already.`,
        `temoin show ${spec.id} shows it; temoin edit ${spec.id} changes it.`,
      );
    }
    batch.add(spec.id);
  }
  return unknownDependency(state, specs) ?? closedCycle(state, specs);
}

function unknownDependency(state: State, specs: readonly TaskSpec[]): Refusal | null {
  const batch = new Set(specs.map((spec) => spec.id));
  for (const spec of specs) {
    const missing = spec.deps.find((dep) => !state.tasks.has(dep) && !batch.has(dep));
    if (missing === undefined) continue;
    const place = spec.source === null ? "" : ` (${spec.source.file}:${spec.source.line})`;
    return refuse(
      "refused",
      `${spec.id}${place} depends on ${missing}, which is no task.`,
      "Add it first, or correct the id; temoin ls lists the tasks.",
    );
  }
  return null;
}

export function closedCycle(state: State, specs: readonly TaskSpec[]): Refusal | null {
  const cycle = findCycle(state, specs);
  if (cycle === null) return null;
  return refuse(
    "refused",
    `These tasks would wait for each other for ever: ${cycle.join(" → ")}.`,
    "Take one of the dependencies away.",
  );
}

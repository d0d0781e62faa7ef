/** What holds a task up before it may be queued, and what a change in one task means for others. */

import type { Instant, TaskId } from "./id.ts";
import type { State } from "./state.ts";
import { isSatisfied, type Task, type TaskSpec, type Wait } from "./task.ts";

/** Everything that the task waits for now; empty when it may be queued. */
export function waitsOf(
  state: State,
  spec: TaskSpec,
  time: { readonly until: Instant; readonly why: string } | null = null,
): readonly Wait[] {
  const waits: Wait[] = [];
  for (const dep of spec.deps) {
    const task = state.tasks.get(dep);
    if (task === undefined || !isSatisfied(task.state)) waits.push({ kind: "task", task: dep });
  }
  for (const phase of earlierPhases(state, spec)) {
    if (phase.tasks.some((id) => isOpen(state, id))) {
      waits.push({ kind: "phase", phase: phase.name });
    }
  }
  if (time !== null) waits.push({ kind: "time", until: time.until, why: time.why });
  return waits;
}

/** Tasks whose waits can change when the state of `task` does: dependants, and later phases. */
export function heldUpBy(state: State, task: Task): readonly TaskId[] {
  const { id } = task.spec;
  const held = new Set<TaskId>(state.dependants.get(id) ?? []);
  const own = ownPhase(state, task.spec);
  // As long as others keep the phase open, one task more or less changes nothing for later ones.
  if (own !== undefined && !own.tasks.some((other) => other !== id && isOpen(state, other))) {
    for (const later of laterThan(state, task.spec)) held.add(later);
  }
  return [...held];
}

/** Tasks that wait for one that has failed or was cancelled, until a person does something. */
export function strandedBy(state: State, task: Task): readonly TaskId[] {
  const held = new Set<TaskId>(state.dependants.get(task.spec.id) ?? []);
  // A cancelled task has left its phase.
  if (task.state === "failed") {
    for (const later of laterThan(state, task.spec)) held.add(later);
  }
  return [...held].filter((id) => state.tasks.get(id)?.state === "waiting");
}

/** The first cycle that `specs` would close, as the ids around it, or `null`. */
export function findCycle(state: State, specs: readonly TaskSpec[]): readonly TaskId[] | null {
  const changed = new Map(specs.map((spec) => [spec.id, spec.deps]));
  const depsOf = (id: TaskId): readonly TaskId[] =>
    changed.get(id) ?? state.tasks.get(id)?.spec.deps ?? [];
  const finished = new Set<TaskId>();
  for (const spec of specs) {
    const cycle = walk(spec.id, depsOf, finished);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Depth first with its own stack: a chain of ten thousand tasks is no recursion. */
function walk(
  start: TaskId,
  depsOf: (id: TaskId) => readonly TaskId[],
  finished: Set<TaskId>,
): readonly TaskId[] | null {
  if (finished.has(start)) return null;
  const path: { readonly id: TaskId; next: number }[] = [{ id: start, next: 0 }];
  const onPath = new Set<TaskId>([start]);
  for (;;) {
    const top = path.at(-1);
    if (top === undefined) return null;
    const dep = depsOf(top.id)[top.next];
    top.next += 1;
    if (dep === undefined) {
      finished.add(top.id);
      onPath.delete(top.id);
      path.pop();
    } else if (onPath.has(dep)) {
      const from = path.findIndex((step) => step.id === dep);
      return [...path.slice(from).map((step) => step.id), dep];
    } else if (!finished.has(dep)) {
      path.push({ id: dep, next: 0 });
      onPath.add(dep);
    }
  }
}

function phasesOf(state: State, spec: TaskSpec) {
  if (spec.phase === null || spec.source === null) return [];
  return state.phases.get(spec.source.file) ?? [];
}

function ownPhase(state: State, spec: TaskSpec) {
  return phasesOf(state, spec).find((phase) => phase.name === spec.phase);
}

function earlierPhases(state: State, spec: TaskSpec) {
  const phases = phasesOf(state, spec);
  const own = phases.findIndex((phase) => phase.name === spec.phase);
  return own > 0 ? phases.slice(0, own) : [];
}

function laterThan(state: State, spec: TaskSpec): readonly TaskId[] {
  const phases = phasesOf(state, spec);
  const own = phases.findIndex((phase) => phase.name === spec.phase);
  return own < 0 ? [] : phases.slice(own + 1).flatMap((phase) => phase.tasks);
}

/** A cancelled task has left its phase; a failed one still holds it up. */
function isOpen(state: State, id: TaskId): boolean {
  const task = state.tasks.get(id);
  return task !== undefined && !isSatisfied(task.state) && task.state !== "cancelled";
}

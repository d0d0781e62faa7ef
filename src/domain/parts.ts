/** The parts of tasks that were split: where they belong, and what they are told of the whole. */

import type { Brief } from "./brief.ts";
import type { PlanPhase } from "./event.ts";
import type { TaskId } from "./id.ts";
import type { State } from "./state.ts";

/** Phases with what their tasks were split into: a plan knows only the tasks that it names. */
export function withParts(state: State, phases: readonly PlanPhase[]): readonly PlanPhase[] {
  const parts = partsByTask(state);
  if (parts.size === 0) return phases;
  return phases.map((phase) => {
    const tasks = new Set<TaskId>();
    const put = (id: TaskId): void => {
      if (tasks.has(id)) return;
      tasks.add(id);
      for (const part of parts.get(id) ?? []) put(part);
    };
    for (const id of phase.tasks) put(id);
    return { ...phase, tasks: [...tasks] };
  });
}

/** What stands for a task on which another one depends: its parts where it was split, else itself. */
export function standIns(state: State): (id: TaskId) => readonly TaskId[] {
  const parts = partsByTask(state);
  const find = (id: TaskId): readonly TaskId[] => {
    const own = parts.get(id);
    // One that was opened again stands for itself.
    const isGone = state.tasks.get(id)?.state === "cancelled";
    return own === undefined || !isGone ? [id] : own.flatMap(find);
  };
  return find;
}

/** What stands for a task that was split; empty: it was not, or nothing is left of its parts. */
export function standingParts(state: State, id: TaskId): readonly TaskId[] {
  return standIns(state)(id).filter(
    (one) => one !== id && state.tasks.get(one)?.state !== "cancelled",
  );
}

/** What a task was split into, in their order; without the parts of its parts. */
export function partsOf(state: State, id: TaskId): readonly TaskId[] {
  return partsByTask(state).get(id) ?? [];
}

function partsByTask(state: State): ReadonlyMap<TaskId, readonly TaskId[]> {
  const parts = new Map<TaskId, TaskId[]>();
  for (const { spec } of state.tasks.values()) {
    if (spec.splitFrom === undefined) continue;
    const others = parts.get(spec.splitFrom);
    if (others === undefined) parts.set(spec.splitFrom, [spec.id]);
    else others.push(spec.id);
  }
  return parts;
}

export interface Whole {
  readonly id: TaskId;
  readonly title: string;
  readonly brief: Brief;
  /** Of all parts, in their order. */
  readonly parts: readonly string[];
}

/** Of a part that has a title alone, at this place among them. */
export function partBrief({ id, title, brief, parts }: Whole, at: number): Brief {
  const { objective, raw, instructions, deliverables, acceptance } = brief;
  const own = parts[at] ?? "";
  const others = parts.filter((_, place) => place !== at);
  const said = objective.trim() === "" && instructions.length === 0 ? raw : objective;
  const asked = [
    ...(said.trim() === "" ? [] : [said]),
    ...listed("Its instructions:", instructions),
    ...listed("Its deliverables:", deliverables),
    ...listed("It is accepted when:", acceptance),
  ];
  const place = `This is part ${at + 1} of ${parts.length} of ${id}: ${title}.`;
  const more =
    asked.length === 0
      ? `${place} The whole says nothing more.`
      : `${place} The whole asks for this:`;
  const context = [brief.context, more, ...asked];
  return {
    ...brief,
    context: context.filter((text) => text.trim() !== "").join("\n\n"),
    objective: own,
    instructions: [`Do only this part of ${id}: ${own}.`],
    constraints: [...brief.constraints, `Tasks of their own, not yours: ${others.join("; ")}.`],
    deliverables: [],
    acceptance: [`What ${id} asks for is there, as far as it belongs to: ${own}.`],
    raw: "",
  };
}

function listed(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [[title, ...items.map((item) => `- ${item}`)].join("\n")];
}

/**
 * Plans against the queue: which of their tasks are new, which have changed, which are the same.
 * A task is known by its file and its id there: importing twice adds nothing. Pure.
 */

import { createHash } from "node:crypto";
import { briefLines, briefText } from "../domain/brief.ts";
import { answerProblems, answersOf } from "../domain/brief-answer.ts";
import { canBeEdited } from "../domain/decide-add.ts";
import type { PlanPhase } from "../domain/event.ts";
import { type BlobHash, parseAgentName, type TaskId } from "../domain/id.ts";
import type { TaskChanges, TaskDraft } from "../domain/input.ts";
import type { State } from "../domain/state.ts";
import { isTerminal, type TaskSpec } from "../domain/task.ts";
import { findCycle } from "../domain/waits.ts";
import { AppError } from "../lib/app-error.ts";
import type { PlannedTask } from "../plans/plan.ts";
import { learntFrom } from "./add.ts";
import { PlanNames, type ReadPlan, type Warning } from "./plan-names.ts";

/** A planned task under the id that it has, or will have, in the queue. */
export interface PlacedTask {
  readonly planned: PlannedTask;
  readonly spec: TaskSpec;
}

export interface ComparedPlan {
  readonly file: string;
  readonly tasks: readonly PlacedTask[];
  readonly add: readonly TaskDraft[];
  readonly edit: readonly { readonly id: TaskId; readonly changes: TaskChanges }[];
  /** As they are in the queue. */
  readonly same: readonly TaskId[];
  /** Changed in the plan, and started already: left as they are. */
  readonly left: readonly { readonly id: TaskId; readonly fields: readonly string[] }[];
  readonly phases: readonly PlanPhase[];
}

export interface Comparison {
  readonly plans: readonly ComparedPlan[];
  readonly warnings: readonly Warning[];
}

/** Rejects with an AppError `refused` for a dependency on nothing and for a cycle. */
export function comparePlans(state: State, read: readonly ReadPlan[]): Comparison {
  const warnings: Warning[] = [];
  const names = new PlanNames(state, read, warnings);
  const plans = read.map((one) => comparePlan(state, one, { names, warnings }));
  const specs = plans.flatMap((plan) => plan.tasks.map(({ spec }) => spec));
  const cycle = findCycle(state, specs);
  if (cycle !== null) {
    const first = specs.find(({ id }) => id === cycle[0])?.source;
    const place = first ? ` (${first.file}:${first.line})` : "";
    throw new AppError(
      "refused",
      `Nothing was imported: these tasks would wait for each other for ever: ${cycle.join(" → ")}${place}.`,
      { hint: "Take one of the dependencies away." },
    );
  }
  return { plans, warnings };
}

/** The hash under which the store keeps a text. */
function briefHash(text: string): BlobHash {
  return createHash("sha256").update(text).digest("hex") as BlobHash; // As `Context.keep` names it.
}

export interface Findings {
  readonly names: PlanNames;
  readonly warnings: Warning[];
}

function comparePlan(
  state: State,
  { file, plan }: ReadPlan,
  { names, warnings }: Findings,
): ComparedPlan {
  for (const { line, says } of plan.warnings) warnings.push({ file, line, says });
  const tasks = plan.tasks.map((planned) => ({
    planned,
    spec: specOf(planned, { names, warnings }),
  }));
  const add: TaskDraft[] = [];
  const edit: { id: TaskId; changes: TaskChanges }[] = [];
  const same: TaskId[] = [];
  const left: { id: TaskId; fields: readonly string[] }[] = [];
  for (const { planned, spec } of tasks) {
    const known = state.tasks.get(spec.id);
    if (known === undefined) {
      add.push({ spec, start: startOf(planned) });
      continue;
    }
    const changes = changesOf(known.spec, spec);
    const fields = Object.keys(changes).filter((field) => !followsBrief.has(field));
    if (fields.length === 0) same.push(spec.id);
    else if (canBeEdited(known)) edit.push({ id: spec.id, changes });
    else left.push({ id: spec.id, fields });
  }
  const ids = new Set(tasks.map(({ spec }) => spec.id));
  for (const task of state.tasks.values()) {
    const { spec } = task;
    // What one of its tasks was split into is no task of the file.
    if (spec.splitFrom !== undefined) continue;
    if (spec.source?.file !== file || ids.has(spec.id) || isTerminal(task.state)) continue;
    const says = `${spec.id} is in the queue and no longer in this file; it stays until \`temoin cancel ${spec.id}\``;
    warnings.push({ file, line: null, says });
  }
  const phases = plan.phases.map(({ name, tasks: planned, criteria }) => ({
    name,
    tasks: planned.flatMap((id) => names.find(file, id) ?? []),
    criteria,
  }));
  return { file, tasks, add, edit, same, left, phases };
}

/** As the queue has it; its dependencies must be known. */
export function specOf(planned: PlannedTask, { names, warnings }: Findings): TaskSpec {
  const { file, line } = planned.source;
  const text = briefText(planned.brief);
  const agent = planned.agent === null ? null : parseAgentName(planned.agent);
  if (agent === null && planned.agent !== null) {
    const says = `\`${planned.agent}\` cannot be the name of an agent; the task may go to any`;
    warnings.push({ file, line, says });
  }
  for (const says of answerProblems(planned.brief)) warnings.push({ file, line, says });
  return {
    id: names.idOf(planned),
    aliases: names.aliasesOf(planned),
    title: planned.title,
    priority: planned.priority,
    agent,
    role: planned.role,
    deps: names.dependencies(planned),
    skills: planned.skills,
    phase: planned.phase,
    estimate: planned.estimate,
    touches: planned.touches,
    ...learntFrom(planned.brief, planned.touches),
    ...answersOf(planned.brief),
    verify: planned.verify,
    brief: briefHash(text),
    briefLines: briefLines(planned.brief),
    source: planned.source,
  };
}

/** What changes with the brief, and is nothing that a plan says by itself. */
const followsBrief: ReadonlySet<string> = new Set(["briefLines", "learnt", "answers"]);

function startOf(planned: PlannedTask): TaskDraft["start"] {
  if (planned.state === "done") return "imported";
  return planned.state === "needs_human" ? "needs_human" : "open";
}

/** What the plan says now, where it is not what the queue has. */
function changesOf(known: TaskSpec, spec: TaskSpec): TaskChanges {
  const { id: _id, source: _source, ...fields } = spec;
  // An absent key would leave the answers of the old brief in force.
  const all = {
    ...fields,
    ...(known.answers === undefined ? {} : { answers: fields.answers ?? [] }),
  };
  return Object.fromEntries(
    Object.entries(all).filter(
      // `known` is a TaskSpec, and has the keys of one.
      ([key, value]) => JSON.stringify(known[key as keyof TaskSpec]) !== JSON.stringify(value),
    ),
  );
}

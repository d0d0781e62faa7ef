/**
 * Plans against the queue: which of their tasks are new, which have changed, which are the same.
 * A task is known by its file and its id there: importing twice adds nothing. Pure.
 */

import { createHash } from "node:crypto";
import path from "node:path";
import { briefLines, briefText } from "../domain/brief.ts";
import { canBeEdited } from "../domain/decide-add.ts";
import type { PlanPhase } from "../domain/event.ts";
import { type BlobHash, parseAgentName, type TaskId, taskIdFrom } from "../domain/id.ts";
import type { TaskChanges, TaskDraft } from "../domain/input.ts";
import type { State } from "../domain/state.ts";
import type { TaskSpec } from "../domain/task.ts";
import { findCycle } from "../domain/waits.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Plan, PlannedTask } from "../plans/plan.ts";

export interface ReadPlan {
  /** Relative to the repository where it lies within. */
  readonly file: string;
  readonly plan: Plan;
}

/** A warning with its place; `line` is `null` where it is about the file. */
export interface Warning {
  readonly file: string;
  readonly line: number | null;
  readonly says: string;
}

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
  const names = new Names(state, read, warnings);
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
export function briefHash(text: string): BlobHash {
  return createHash("sha256").update(text).digest("hex") as BlobHash; // As `Context.keep` names it.
}

interface Findings {
  readonly names: Names;
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
    const fields = Object.keys(changes).filter((field) => field !== "briefLines");
    if (fields.length === 0) same.push(spec.id);
    else if (canBeEdited(known)) edit.push({ id: spec.id, changes });
    else left.push({ id: spec.id, fields });
  }
  const ids = new Set(tasks.map(({ spec }) => spec.id));
  for (const { spec } of state.tasks.values()) {
    if (spec.source?.file !== file || ids.has(spec.id)) continue;
    const says = `${spec.id} is in the queue and no longer in this file; it stays`;
    warnings.push({ file, line: null, says });
  }
  const phases = plan.phases.map(({ name, tasks: planned, criteria }) => ({
    name,
    tasks: planned.flatMap((id) => names.find(file, id) ?? []),
    criteria,
  }));
  return { file, tasks, add, edit, same, left, phases };
}

function specOf(planned: PlannedTask, { names, warnings }: Findings): TaskSpec {
  const { file, line } = planned.source;
  const text = briefText(planned.brief);
  const agent = planned.agent === null ? null : parseAgentName(planned.agent);
  if (agent === null && planned.agent !== null) {
    const says = `\`${planned.agent}\` cannot be the name of an agent; the task may go to any`;
    warnings.push({ file, line, says });
  }
  return {
    id: names.idOf(planned),
    aliases: names.aliasesOf(planned),
    title: planned.title,
    priority: planned.priority,
    agent,
    role: planned.role,
    deps: [...new Set(planned.deps.map((dep) => names.dependency(planned, dep)))],
    skills: planned.skills,
    phase: planned.phase,
    estimate: planned.estimate,
    touches: planned.touches,
    verify: planned.verify,
    brief: briefHash(text),
    briefLines: briefLines(planned.brief),
    source: planned.source,
  };
}

function startOf(planned: PlannedTask): TaskDraft["start"] {
  if (planned.state === "done") return "imported";
  return planned.state === "needs_human" ? "needs_human" : "open";
}

/** What the plan says now, where it is not what the queue has. */
function changesOf(known: TaskSpec, spec: TaskSpec): TaskChanges {
  const { id: _id, source: _source, ...fields } = spec;
  return Object.fromEntries(
    Object.entries(fields).filter(
      // `known` is a TaskSpec, and has the keys of one.
      ([key, value]) => JSON.stringify(known[key as keyof TaskSpec]) !== JSON.stringify(value),
    ),
  );
}

/** Which id each planned task has: its own, or one with the file's name where that is taken. */
class Names {
  readonly #state: State;
  readonly #ids = new Map<PlannedTask, TaskId>();
  /** By file: ids and aliases as its document writes them. */
  readonly #local = new Map<string, Map<string, TaskId>>();
  readonly #taken = new Map<string, TaskId>();

  constructor(state: State, read: readonly ReadPlan[], warnings: Warning[]) {
    this.#state = state;
    for (const { file, plan } of read) {
      for (const planned of plan.tasks) this.#name(file, planned, warnings);
    }
    for (const { file, plan } of read) {
      const local = this.#localOf(file);
      for (const planned of plan.tasks) {
        for (const alias of planned.aliases) {
          if (!local.has(alias)) local.set(alias, this.idOf(planned));
        }
      }
    }
  }

  idOf(planned: PlannedTask): TaskId {
    const id = this.#ids.get(planned);
    if (id === undefined) throw new Error(`${planned.id} was not named`);
    return id;
  }

  /** An alias that another task has is left to it. */
  aliasesOf(planned: PlannedTask): readonly string[] {
    const id = this.idOf(planned);
    return planned.aliases.filter((alias) => {
      const holder = this.#taken.get(alias) ?? this.#state.names.get(alias);
      if (holder !== undefined && holder !== id) return false;
      this.#taken.set(alias, id);
      return true;
    });
  }

  /** As a file writes it: its own tasks first, then those of the other files, then the queue's. */
  find(file: string, text: string): TaskId | null {
    const places = [this.#localOf(file), ...this.#local.values(), this.#state.names];
    for (const name of [text, text.toUpperCase()]) {
      for (const place of places) {
        const id = place.get(name);
        if (id !== undefined) return id;
      }
    }
    return null;
  }

  dependency(planned: PlannedTask, text: string): TaskId {
    const { file, line } = planned.source;
    const id = this.find(file, text);
    if (id !== null) return id;
    const known = [...this.#local.values()].flatMap((names) => [...names.keys()]);
    const meant = nearest(text, [...known, ...this.#state.names.keys()]);
    throw new AppError(
      "refused",
      `Nothing was imported: ${planned.id} (${file}:${line}) depends on ${text}, which is no task of the plan or the queue.`,
      { hint: meant === null ? "Add that task, or correct the id." : `Did you mean ${meant}?` },
    );
  }

  #name(file: string, planned: PlannedTask, warnings: Warning[]): void {
    const id = this.#freeId(file, planned);
    this.#ids.set(planned, id);
    this.#taken.set(id, id);
    const local = this.#localOf(file);
    if (!local.has(planned.id)) local.set(planned.id, id);
    if (id === planned.id) return;
    const { line } = planned.source;
    warnings.push({ file, line, says: `the id ${planned.id} is taken; this task is ${id}` });
  }

  #freeId(file: string, { id }: PlannedTask): TaskId {
    const stem = path.basename(file, path.extname(file));
    const whole = file.slice(0, file.length - path.extname(file).length);
    const wanted = [id, `${stem}-${id}`, `${whole}-${id}`];
    for (let n = 2; ; n += 1) {
      for (const text of wanted) {
        const candidate = taskIdFrom(text);
        if (candidate !== null && this.#isFree(file, candidate)) return candidate;
      }
      wanted.splice(0, wanted.length, `${stem}-${id}-${n}`);
    }
  }

  /** Nobody's, or this very task's of an earlier import. */
  #isFree(file: string, id: TaskId): boolean {
    if (this.#taken.has(id)) return false;
    const holder = this.#state.names.get(id);
    if (holder === undefined) return true;
    const spec = this.#state.tasks.get(holder)?.spec;
    return spec?.id === id && spec.source?.file === file;
  }

  #localOf(file: string): Map<string, TaskId> {
    const known = this.#local.get(file);
    if (known !== undefined) return known;
    const local = new Map<string, TaskId>();
    this.#local.set(file, local);
    return local;
  }
}

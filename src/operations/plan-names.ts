/**
 * What planned tasks are called in the queue. A task keeps its document's id, or gets one with the
 * file's name where that is taken. Ids that only count a document's tasks move when one is put in
 * between: such a task is known again by its title.
 */

import path from "node:path";
import { type TaskId, taskIdFrom } from "../domain/id.ts";
import { standIns } from "../domain/parts.ts";
import type { State } from "../domain/state.ts";
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

export class PlanNames {
  readonly #state: State;
  readonly #ids = new Map<PlannedTask, TaskId>();
  /** By file: ids and aliases as its document writes them. */
  readonly #local = new Map<string, Map<string, TaskId>>();
  readonly #taken = new Map<string, TaskId>();
  readonly #standIns: (id: TaskId) => readonly TaskId[];

  constructor(state: State, read: readonly ReadPlan[], warnings: Warning[]) {
    this.#state = state;
    this.#standIns = standIns(state);
    for (const { file, plan } of read) {
      const again = knownAgain(state, { file, plan });
      for (const planned of plan.tasks) {
        const id = again.get(planned);
        if (id !== undefined) this.#take(file, planned, id);
      }
      for (const planned of plan.tasks) {
        if (!again.has(planned)) this.#name(file, planned, warnings);
      }
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

  /** Those that it had stay; an alias that another task has is left to it. */
  aliasesOf(planned: PlannedTask): readonly string[] {
    const id = this.idOf(planned);
    const had = this.#state.tasks.get(id)?.spec.aliases ?? [];
    const fresh = planned.aliases.filter((alias) => {
      const holder = this.#taken.get(alias) ?? this.#state.names.get(alias);
      if (holder !== undefined && holder !== id) return false;
      this.#taken.set(alias, id);
      return !had.includes(alias);
    });
    return [...had, ...fresh];
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

  /** Where a task was split since, its parts. Rejects with an AppError for what is no task. */
  dependencies(planned: PlannedTask): readonly TaskId[] {
    const ids = planned.deps.map((text) => this.#dependency(planned, text));
    return [...new Set(ids.flatMap(this.#standIns))];
  }

  #dependency(planned: PlannedTask, text: string): TaskId {
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

  #take(file: string, planned: PlannedTask, id: TaskId): void {
    this.#ids.set(planned, id);
    this.#taken.set(id, id);
    const local = this.#localOf(file);
    if (!local.has(planned.id)) local.set(planned.id, id);
  }

  #name(file: string, planned: PlannedTask, warnings: Warning[]): void {
    const id = this.#freeId(file, planned);
    this.#take(file, planned, id);
    if (id === planned.id || isCount(file, planned.id)) return;
    const { line } = planned.source;
    warnings.push({ file, line, says: `the id ${planned.id} is taken; this task is ${id}` });
  }

  #freeId(file: string, { id }: PlannedTask): TaskId {
    const stem = path.basename(file, path.extname(file));
    const whole = file.slice(0, file.length - path.extname(file).length);
    const counted = isCount(file, id);
    const wanted = counted ? [id] : [id, `${stem}-${id}`, `${whole}-${id}`];
    for (let n = 2; ; n += 1) {
      for (const text of wanted) {
        const candidate = taskIdFrom(text);
        if (candidate === null || !this.#isFree(file, candidate)) continue;
        // Another count is another task's, also when that one has left the file.
        if (counted && text !== id && this.#state.names.has(candidate)) continue;
        return candidate;
      }
      const next = counted ? `${stem}-${n}` : `${stem}-${id}-${n}`;
      wanted.splice(0, wanted.length, next);
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

/** `<stem>-<n>`: the document has given no id of its own. */
export function isCount(file: string, id: string): boolean {
  const stem = taskIdFrom(path.basename(file, path.extname(file)));
  return stem !== null && id.startsWith(`${stem}-`) && /^\d+$/.test(id.slice(stem.length + 1));
}

/** Counted tasks whose title is in the queue, from the same file: under that id, whatever it is. */
function knownAgain(state: State, { file, plan }: ReadPlan): ReadonlyMap<PlannedTask, TaskId> {
  const counted = plan.tasks.filter(({ id }) => isCount(file, id));
  const again = new Map<PlannedTask, TaskId>();
  if (counted.length === 0) return again;
  const byTitle = new Map<string, TaskId[]>();
  for (const { spec } of state.tasks.values()) {
    if (spec.source?.file !== file || !isCount(file, spec.id)) continue;
    const title = plainTitle(spec.title);
    byTitle.set(title, [...(byTitle.get(title) ?? []), spec.id]);
  }
  for (const planned of counted) {
    const ids = byTitle.get(plainTitle(planned.title)) ?? [];
    // Of several with one title the one in the same place, else the first.
    const place = Math.max(0, ids.indexOf(planned.id as TaskId)); // Looked up, never stored.
    const [id] = ids.splice(place, 1);
    if (id !== undefined) again.set(planned, id);
  }
  return again;
}

/** Its words without case, accents and signs, so that a mended comma is no other task. */
function plainTitle(title: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return words.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/**
 * The phases of a document, in its order: each begins when the one before it is over. Phases of
 * user stories (spec-kit) may run beside each other; those that follow one another are one phase.
 */

import type { Warn } from "./found.ts";
import type { Merged } from "./merge.ts";
import { phaseAbove, readPhaseHeading, type Section } from "./outline.ts";
import type { Plan, PlannedTask } from "./plan.ts";
import { isPhaseHeading, plainWords } from "./words.ts";

type Phase = Plan["phases"][number];

export interface Settled {
  readonly tasks: readonly PlannedTask[];
  readonly phases: readonly Phase[];
  /** Of phases that could not be kept. */
  readonly criteria: readonly string[];
}

interface Entry {
  /** As the heading names them. */
  readonly listed: { readonly name: string; readonly line: number }[];
  readonly criteria: string[];
}

export class PhaseBook {
  readonly #entries = new Map<string, Entry>();

  see(section: Section): void {
    const name = phaseAbove(section);
    if (name === null) return;
    const { listed } = this.#entry(name);
    const { heading } = section;
    if (heading === null || readPhaseHeading(heading.text).name !== name) return;
    const { tasks } = readPhaseHeading(heading.text);
    listed.push(...tasks.map((task) => ({ name: task, line: heading.span.line })));
  }

  addCriteria(phase: string, criteria: readonly string[]): void {
    this.#entry(phase).criteria.push(...criteria);
  }

  /** Gives each task its phase, and each phase its tasks. */
  settle({ tasks, find }: Merged, warn: Warn): Settled {
    const byHeading = this.#listedTasks(find, warn);
    const placed = tasks.map((task) => ({
      ...task,
      phase: task.phase ?? byHeading.get(task.id) ?? null,
    }));
    for (const { phase } of placed) {
      if (phase !== null && isPhaseHeading(phase)) this.#entry(phase);
    }
    const merged = this.#mergedNames(placed);
    const named = placed.map((task) => ({
      ...task,
      phase: merged.get(task.phase ?? "") ?? task.phase,
    }));
    const phases = this.#phasesOf(named, merged);
    const backwards = backwardDependency(named, phases);
    if (backwards === null)
      return { tasks: named, phases, criteria: this.#withoutTasks(phases, merged) };
    warn({
      line: backwards.task.source.line,
      says: `${backwards.task.id} depends on ${backwards.dep}, which is in a later phase: the phases of this document are not kept apart.`,
    });
    return { tasks: named, phases: [], criteria: phases.flatMap((phase) => phase.criteria) };
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name) ?? { listed: [], criteria: [] };
    this.#entries.set(name, entry);
    return entry;
  }

  #listedTasks(find: Merged["find"], warn: Warn): ReadonlyMap<string, string> {
    const phaseOf = new Map<string, string>();
    for (const [phase, { listed }] of this.#entries) {
      for (const { name, line } of listed) {
        const id = find(name);
        const other = id === null ? undefined : phaseOf.get(id);
        if (id === null) warn({ line, says: `${phase} names \`${name}\`, which is no task here.` });
        else if (other !== undefined && other !== phase) {
          warn({ line, says: `${id} is in ${other} already, and stays there.` });
        } else phaseOf.set(id, phase);
      }
    }
    return phaseOf;
  }

  /** Neighbouring phases of user stories under one name. */
  #mergedNames(tasks: readonly PlannedTask[]): ReadonlyMap<string, string> {
    const used = new Set(tasks.map((task) => task.phase));
    const runs: string[][] = [[]];
    for (const name of this.#entries.keys()) {
      if (!used.has(name)) continue;
      if (/\buser story\b/.test(plainWords(name))) runs.at(-1)?.push(name);
      else runs.push([]);
    }
    return new Map(runs.flatMap((run) => run.map((name) => [name, run.join(" + ")] as const)));
  }

  #phasesOf(tasks: readonly PlannedTask[], merged: ReadonlyMap<string, string>): readonly Phase[] {
    const ids = Map.groupBy(tasks, (task) => task.phase);
    const phases = new Map<string, Phase>();
    for (const [own, { criteria }] of this.#entries) {
      const name = merged.get(own) ?? own;
      const members = (ids.get(name) ?? []).map((task) => task.id);
      if (members.length === 0) continue;
      const before = phases.get(name)?.criteria ?? [];
      phases.set(name, { name, tasks: members, criteria: [...before, ...criteria] });
    }
    return [...phases.values()];
  }

  #withoutTasks(phases: readonly Phase[], merged: ReadonlyMap<string, string>): readonly string[] {
    const kept = new Set(phases.map((phase) => phase.name));
    return [...this.#entries].flatMap(([own, { criteria }]) =>
      kept.has(merged.get(own) ?? own) ? [] : criteria,
    );
  }
}

/** It could never start: its phase is not over before it, and the later one does not begin. */
function backwardDependency(tasks: readonly PlannedTask[], phases: readonly Phase[]) {
  const place = new Map(phases.flatMap(({ tasks: ids }, index) => ids.map((id) => [id, index])));
  for (const task of tasks) {
    const own = place.get(task.id);
    const dep = task.deps.find((id) => own !== undefined && (place.get(id) ?? -1) > own);
    if (dep !== undefined) return { task, dep };
  }
  return null;
}

/** What a plan would change in the queue, in full: a person decides on it. Pure. */

import type { Brief } from "./brief.ts";
import type { TaskId } from "./id.ts";
import type { TaskChanges } from "./input.ts";
import type { TaskSpec } from "./task.ts";

export interface AddedTask {
  readonly id: TaskId;
  readonly title: string;
  readonly priority: string;
  readonly agent: string | null;
  readonly role: string | null;
  readonly phase: string | null;
  readonly deps: readonly TaskId[];
  readonly skills: readonly string[];
  readonly touches: readonly string[];
  readonly acceptance: readonly string[];
  /** Commands that temoin will run. */
  readonly verify: readonly string[];
  readonly briefLines: number;
}

export interface ChangedTask {
  readonly id: TaskId;
  readonly title: string;
  readonly fields: readonly {
    readonly field: string;
    readonly before: string;
    readonly after: string;
  }[];
}

export function addedTask(spec: TaskSpec, brief: Brief): AddedTask {
  const { id, title, priority, agent, role, phase, deps, skills, touches, verify } = spec;
  const { acceptance } = brief;
  const task = { id, title, priority, agent, role, phase, deps, skills, touches };
  return { ...task, acceptance, verify, briefLines: spec.briefLines };
}

export function changedTask(spec: TaskSpec, changes: TaskChanges): ChangedTask {
  const fields = (Object.keys(changes) as (keyof TaskChanges)[]).flatMap((field) => {
    if (hidden.has(field)) return [];
    // By its hash alone it says that it is another one.
    const [before, after] =
      field === "brief"
        ? [`${spec.briefLines} lines`, `${changes.briefLines ?? spec.briefLines} lines, rewritten`]
        : [valueText(spec[field]), valueText(changes[field])];
    return [{ field: field === "deps" ? "after" : field, before, after }];
  });
  return { id: spec.id, title: spec.title, fields };
}

/** They follow the brief. */
const hidden: ReadonlySet<string> = new Set(["briefLines", "learnt", "answers"]);

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(String).join(", ");
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

/** What a plan would change in the queue, in full: a person decides on it. Pure. */

import type { Brief } from "./brief.ts";
import { briefDifference } from "./brief-difference.ts";
import type { TaskId } from "./id.ts";
import type { TaskChanges } from "./input.ts";
import type { TaskSpec } from "./task.ts";
import { countText } from "./view-text.ts";

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
  /** What its agent is answered without a person being asked. */
  readonly answers: readonly string[];
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
  /** What its brief says otherwise, a line each, with `-` or `+` before it. */
  readonly brief: readonly string[];
  /** Commands that temoin will run, where they change. */
  readonly verify: readonly string[];
}

export interface Briefs {
  readonly before: Brief;
  readonly after: Brief;
}

export function addedTask(spec: TaskSpec, brief: Brief): AddedTask {
  const { id, title, priority, agent, role, phase, deps, skills, touches, verify } = spec;
  const { acceptance } = brief;
  const task = { id, title, priority, agent, role, phase, deps, skills, touches };
  const { answers = [], briefLines } = spec;
  return { ...task, acceptance, answers, verify, briefLines };
}

export function changedTask(spec: TaskSpec, changes: TaskChanges, briefs: Briefs): ChangedTask {
  const fields = (Object.keys(changes) as (keyof TaskChanges)[]).flatMap((field) => {
    if (hidden.has(field)) return [];
    if (field === "brief") {
      const after = changes.briefLines ?? spec.briefLines;
      return [
        { field, before: countText(spec.briefLines, "line"), after: countText(after, "line") },
      ];
    }
    const [before, after] = [valueText(spec[field]), valueText(changes[field])];
    return [{ field: field === "deps" ? "after" : field, before, after }];
  });
  const brief = changes.brief === undefined ? [] : briefDifference(briefs.before, briefs.after);
  return { id: spec.id, title: spec.title, fields, brief, verify: changes.verify ?? [] };
}

/** They follow the brief. */
const hidden: ReadonlySet<string> = new Set(["briefLines", "learnt", "answers"]);

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(String).join(", ");
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

/** A draft that is kept in a file against the queue: all that it would change, for a person to look at. */

import { realpath } from "node:fs/promises";
import path from "node:path";
import { type Brief, briefFrom } from "../domain/brief.ts";
import type { TaskId } from "../domain/id.ts";
import {
  type AddedTask,
  addedTask,
  type ChangedTask,
  changedTask,
} from "../domain/plan-difference.ts";
import { listText, oneLine } from "../domain/view-text.ts";
import { writeText } from "../lib/text-file.ts";
import type { ComparedPlan } from "./compare-plan.ts";
import type { Context } from "./context.ts";
import { type Imported, importPlans } from "./import-plan.ts";
import { invoke } from "./invoke.ts";

export interface PlanLook {
  readonly path: string;
  readonly added: readonly AddedTask[];
  readonly changed: readonly ChangedTask[];
  /** How many are in the queue as the draft has them. */
  readonly same: number;
  /** Changed in the draft, and started already. */
  readonly left: readonly { readonly id: string; readonly fields: readonly string[] }[];
  /** What it asks a person beside its tasks. */
  readonly inbox: readonly string[];
  readonly warnings: readonly string[];
}

/** `file`: relative to the directory of the context. */
export async function lookAtPlan(context: Context, file: string): Promise<PlanLook> {
  const at = path.resolve(await realpath(context.dir), file);
  const imported = await invoke(importPlans, {
    context,
    input: { files: [at], dryRun: true, accept: false },
    signal: new AbortController().signal,
  });
  const changed = await changedTasks(context, imported);
  const added = imported.plans.flatMap(({ compared }) => {
    const briefs = briefsOf(compared);
    return compared.add.flatMap(({ spec }) => {
      const brief = briefs.get(spec.id);
      return brief === undefined ? [] : [addedTask(spec, brief)];
    });
  });
  const { same, left, inbox, warnings } = imported;
  return {
    path: at,
    added,
    changed,
    same,
    left,
    inbox: inbox.map(({ says }) => says),
    warnings: [
      ...warnings.map(({ line, says }) => (line === null ? says : `line ${line}: ${says}`)),
      ...(await warnOfRoles(context, imported)),
    ],
  };
}

/** A role that nobody has sends a task to any agent, which may be meant. */
async function warnOfRoles(context: Context, { plans }: Imported): Promise<readonly string[]> {
  const { config } = await context.config();
  const known = new Set(config.agents.flatMap(({ roles }) => roles));
  // Where no agent has a role they are words for people.
  if (known.size === 0) return [];
  const named = plans.flatMap(({ read }) => read.plan.agents.flatMap(({ roles }) => roles));
  const defined = new Set([...known, ...named]);
  const unknown = new Map<string, TaskId[]>();
  for (const { compared } of plans) {
    for (const { spec } of compared.tasks) {
      if (spec.role === null || spec.agent !== null || defined.has(spec.role)) continue;
      unknown.set(spec.role, [...(unknown.get(spec.role) ?? []), spec.id]);
    }
  }
  return [...unknown].map(
    ([role, ids]) =>
      `no agent has the role \`${oneLine(role, 40)}\` of ${listText(ids)}: any of them may take it; roles: ${listText([...known])}`,
  );
}

/** Of a dry run: what it would change in tasks that are there. */
export async function changedTasks(
  context: Context,
  { plans }: Imported,
): Promise<readonly ChangedTask[]> {
  const state = await context.state();
  const changed: ChangedTask[] = [];
  for (const { compared } of plans) {
    const briefs = briefsOf(compared);
    for (const { id, changes } of compared.edit) {
      const spec = state.tasks.get(id)?.spec;
      const after = briefs.get(id);
      if (spec === undefined || after === undefined) continue;
      const before = spec.written ?? briefFrom((await context.text(spec.brief)) ?? "");
      changed.push(changedTask(spec, changes, { before, after }));
    }
  }
  return changed;
}

function briefsOf({ tasks }: ComparedPlan): ReadonlyMap<TaskId, Brief> {
  return new Map(tasks.map(({ spec, planned }) => [spec.id, planned.brief]));
}

/** Brings in what was shown, whatever has been written into its file since. */
export async function applyDraft(
  context: Context,
  { path: at }: PlanLook,
  text: string,
): Promise<Imported> {
  await writeText(at, text);
  const input = { files: [at], dryRun: false, accept: false };
  return await invoke(importPlans, { context, input, signal: new AbortController().signal });
}

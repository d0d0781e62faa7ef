/** A draft that is kept in a file against the queue: all that it would change, for a person to look at. */

import { realpath } from "node:fs/promises";
import path from "node:path";
import {
  type AddedTask,
  addedTask,
  type ChangedTask,
  changedTask,
} from "../domain/plan-difference.ts";
import { writeText } from "../lib/text-file.ts";
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
  const state = await context.state();
  const imported = await invoke(importPlans, {
    context,
    input: { files: [at], dryRun: true, accept: false },
    signal: new AbortController().signal,
  });
  const plans = imported.plans.map(({ compared }) => compared);
  const briefs = new Map(
    plans.flatMap(({ tasks }) => tasks.map(({ spec, planned }) => [spec.id, planned.brief])),
  );
  const added = plans.flatMap(({ add }) =>
    add.flatMap(({ spec }) => {
      const brief = briefs.get(spec.id);
      return brief === undefined ? [] : [addedTask(spec, brief)];
    }),
  );
  const changed = plans.flatMap(({ edit }) =>
    edit.flatMap(({ id, changes }) => {
      const known = state.tasks.get(id);
      return known === undefined ? [] : [changedTask(known.spec, changes)];
    }),
  );
  const { same, left, inbox, warnings } = imported;
  return {
    path: at,
    added,
    changed,
    same,
    left,
    inbox: inbox.map(({ says }) => says),
    warnings: warnings.map(({ line, says }) => (line === null ? says : `line ${line}: ${says}`)),
  };
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

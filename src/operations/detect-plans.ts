/** Markdown files that hold tasks, found where people keep them. */

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../lib/app-error.ts";
import type { Context } from "./context.ts";

export interface FoundPlan {
  readonly file: string;
  readonly tasks: number;
}

const folders = [".", "plans", "plan", "docs", "specs", "tasks"];
/** More would make a first look slow (chosen). */
const mostFiles = 60;

export async function detectPlans(context: Context, root: string): Promise<readonly FoundPlan[]> {
  const files: string[] = [];
  for (const folder of folders) files.push(...(await markdownIn(root, folder)));
  const found: FoundPlan[] = [];
  for (const file of files.slice(0, mostFiles)) {
    const tasks = await countTasks(context, { root, file });
    if (tasks > 0) found.push({ file, tasks });
  }
  return found;
}

async function markdownIn(root: string, folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(?:md|markdown)$/i.test(entry.name))
      .map((entry) => path.posix.join(folder, entry.name))
      .sort();
  } catch {
    // Most repositories have only some of these folders.
    return [];
  }
}

async function countTasks(
  context: Context,
  { root, file }: { readonly root: string; readonly file: string },
): Promise<number> {
  try {
    const plan = await context.plans.read(file, await readFile(path.join(root, file)));
    return plan.tasks.length;
  } catch (error) {
    // No readable text: then it is no plan that could be offered.
    if (error instanceof AppError) return 0;
    throw error;
  }
}

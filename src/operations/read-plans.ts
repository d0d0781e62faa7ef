/** Plan files as they are named on a command line, read. */

import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../lib/app-error.ts";
import type { Context } from "./context.ts";
import { placeSkills } from "./place-skills.ts";
import type { ReadPlan } from "./plan-names.ts";

/** Rejects with an AppError for the first file that is no readable plan. */
export async function readPlans(
  context: Context,
  files: readonly string[],
): Promise<readonly ReadPlan[]> {
  const root = await realpath((await context.place()).root);
  const read: ReadPlan[] = [];
  for (const named of files) {
    const { file, content } = await readPlan(path.resolve(context.dir, named), root);
    if (read.some((one) => one.file === file)) continue;
    read.push({ file, plan: await context.plans.read(file, content) });
  }
  return withSkills(context, read);
}

/** Skills by their path in this repository; what is no file here keeps its name, and is told. */
async function withSkills(
  context: Context,
  read: readonly ReadPlan[],
): Promise<readonly ReadPlan[]> {
  const named = read.flatMap(({ plan }) => plan.tasks.flatMap((task) => task.skills));
  const skills = await placeSkills(context, named);
  return read.map(({ file, plan }) => {
    const missing = plan.tasks.flatMap((task) =>
      task.skills.flatMap((skill) => {
        const says = skills.missing.get(skill);
        return says === undefined ? [] : [{ line: task.source.line, says: `${task.id}: ${says}` }];
      }),
    );
    const tasks = plan.tasks.map((task) => ({ ...task, skills: task.skills.map(skills.pathOf) }));
    return { file, plan: { ...plan, tasks, warnings: [...plan.warnings, ...missing] } };
  });
}

/** Its name is relative to the repository where it lies within, so that it is the same for all. */
async function readPlan(
  file: string,
  root: string,
): Promise<{ readonly file: string; readonly content: Uint8Array }> {
  try {
    const real = await realpath(file);
    const relative = path.relative(root, real);
    const isWithin = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
    const name = isWithin ? relative.split(path.sep).join("/") : real;
    const { size } = await lookAt(file, real);
    if (size > mostBytes) {
      throw new AppError("refused", `Cannot import \`${file}\`: it has ${size} bytes.`, {
        hint: "Divide it into plans of a size that people read; nothing was imported.",
      });
    }
    return { file: name, content: await readFile(real) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = reasons.get(code);
    if (why === undefined) throw error;
    throw new AppError("not_found", `Cannot import \`${file}\`: ${why}.`, {
      cause: error,
      hint: "Name a Markdown or JSON file; nothing was imported.",
    });
  }
}

/** Far more than any plan; what is read at all is weighed by the reader of plans. */
const mostBytes = 64 * 1024 * 1024;

/** A device or a pipe may never end. */
async function lookAt(file: string, real: string): Promise<{ readonly size: number }> {
  const seen = await stat(real);
  if (seen.isFile() || seen.isDirectory()) return seen;
  throw new AppError("not_found", `Cannot import \`${file}\`: it is no regular file.`, {
    hint: "Name a Markdown or JSON file; nothing was imported.",
  });
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["EISDIR", "it is a directory"],
  ["EACCES", "it may not be read"],
  ["ENOTDIR", "a part of its path is no directory"],
  ["ELOOP", "its links go round in a circle"],
  ["ERR_FS_FILE_TOO_LARGE", "it is too large"],
]);

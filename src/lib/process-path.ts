/** Finding a program as the system would find it, without running anything. */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";

export type FoundProgram =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly because: "not_found" | "not_executable" };

/**
 * A name with a slash is a path, relative to `cwd`; another is looked for in the directories of
 * `path` (the value of PATH) in their order. `not_executable`: there is a file of that name, and
 * no executable one.
 */
export async function findProgram(
  name: string,
  { path, cwd }: { readonly path: string; readonly cwd: string },
): Promise<FoundProgram> {
  const candidates = name.includes("/")
    ? [resolve(cwd, name)]
    : path.split(delimiter).map((directory) => resolve(cwd, directory, name));
  let hasFile = false;
  for (const candidate of candidates) {
    if (!(await isFile(candidate))) continue;
    hasFile = true;
    if (await isExecutable(candidate)) return { found: true, path: candidate };
  }
  return { found: false, because: hasFile ? "not_executable" : "not_found" };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Not there, or behind a directory that may not be entered: not found either way.
    return false;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // The refusal is the answer.
    return false;
  }
}

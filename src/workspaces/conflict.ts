/** What is at odds in a merge that git cannot make, and what each side holds of a file. */

import { type Conflict, conflictBounds, conflictHunks, type Sides } from "../domain/conflict.ts";
import type { CommitSha } from "../domain/id.ts";
import { changedPaths, mergeBaseOf } from "./history.ts";
import { mergeTrees } from "./merge-tree.ts";
import { gitIn, type Repository } from "./repository.ts";
import { findTouches } from "./revert.ts";
import type { JoinRequest } from "./workspace.ts";

/** Files that are looked into, and their size; more is not read by a person either (chosen). */
const mostFiles = 200;
const mostBytes = 512 * 1024;

/** `null`: the two fit. */
export async function describeConflict(
  repository: Repository,
  { onto, head }: { readonly onto: CommitSha; readonly head: CommitSha },
  unionFiles: readonly string[],
): Promise<Conflict | null> {
  const merged = await mergeTrees(repository, { ours: onto, theirs: head, unionFiles });
  if (merged.kind === "clean") return null;
  const shown = merged.files.slice(0, conflictBounds.files);
  const files: Conflict["files"][number][] = [];
  for (const path of shown) {
    const text = await readText(repository, merged.tree, path);
    files.push({ path, hunks: text === null ? "" : conflictHunks(text) });
  }
  const base = await mergeBaseOf(repository, onto, head);
  const others =
    base === null
      ? []
      : await findTouches(repository, { from: base, to: onto, files: merged.files });
  return { onto, files, more: merged.files.length - shown.length, others };
}

/** Files that have changed from `base` to `theirs`, and in which `result` differs from `theirs`. */
export async function readSides(
  repository: Repository,
  { base, theirs, result }: JoinRequest,
): Promise<readonly Sides[]> {
  const [changed, differing] = await Promise.all([
    changedPaths(repository, base, theirs),
    changedPaths(repository, theirs, result),
  ]);
  const both = changed.filter((path) => differing.includes(path)).slice(0, mostFiles);
  const sides: Sides[] = [];
  for (const path of both) {
    const [one, other, joined] = await Promise.all(
      [base, theirs, result].map((sha) => readText(repository, sha, path)),
    );
    sides.push({ path, base: one ?? null, theirs: other ?? null, result: joined ?? null });
  }
  return sides;
}

/** `null`: it is not there, or is no text that could be compared by lines. */
async function readText(
  repository: Repository,
  tree: string,
  path: string,
): Promise<string | null> {
  const { text, exitCode } = await gitIn(repository, ["cat-file", "blob", `${tree}:${path}`], {
    answers: [128],
  });
  return exitCode !== 0 || text.length > mostBytes || text.includes("\0") ? null : text;
}

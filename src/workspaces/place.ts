/** A working tree, and how git is run in it: with its git directory named, never found by looking up. */

import { lstat, realpath } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../lib/app-error.ts";
import { readRegularFile } from "../lib/text-file.ts";
import type { Git, GitAnswer, GitOptions } from "./git.ts";

export interface Place {
  readonly git: Git;
  readonly gitDir: string;
  readonly path: string;
}

/**
 * Runs git in a place, whatever its `.git` file says by now. Rejects where an agent has put a link in
 * the place of the directory: it may lead to the person's own files.
 */
export async function gitAt(
  place: Place,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitAnswer> {
  if (await isLink(place.path)) {
    throw new AppError(
      "repository",
      `\`${place.path}\` is a link, not the directory that was there.`,
      {
        hint: "Remove the link; nothing that it leads to was touched.",
      },
    );
  }
  const env = { GIT_DIR: place.gitDir, GIT_WORK_TREE: place.path, ...options.env };
  return place.git(place.path, args, { ...options, env });
}

/**
 * The git directory of the worktree at that path; `null`: there is none, or its `.git` is not what git
 * has put there. An agent may have written anything into it: only one that leads back counts.
 */
export async function findGitDir(commonDir: string, at: string): Promise<string | null> {
  try {
    const gitDir = gitDirIn(await readRegularFile(path.join(at, ".git")));
    if (path.dirname(gitDir) !== path.join(commonDir, "worktrees")) return null;
    const back = (await readRegularFile(path.join(gitDir, "gitdir"))).trim();
    return [at, await realpath(at)].includes(path.dirname(back)) ? gitDir : null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

/** The git directory that the text of a worktree's `.git` file leads to. */
export function gitDirIn(text: string): string {
  return text.replace(/^gitdir: /, "").trim();
}

export async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    // Whatever hides it, it is not there for us.
    () => false,
  );
}

export async function isLink(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isSymbolicLink(),
    // Whatever hides it, it leads nowhere.
    () => false,
  );
}

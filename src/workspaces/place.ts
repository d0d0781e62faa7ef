/** A working tree, and how git is run in it: with its git directory named, never found by looking up. */

import { lstat } from "node:fs/promises";
import type { Git, GitAnswer, GitOptions } from "./git.ts";

export interface Place {
  readonly git: Git;
  readonly gitDir: string;
  readonly path: string;
}

/** Runs git in a place, whatever its `.git` file says by now. */
export function gitAt(
  place: Place,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitAnswer> {
  const env = { GIT_DIR: place.gitDir, GIT_WORK_TREE: place.path, ...options.env };
  return place.git(place.path, args, { ...options, env });
}

export async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    // Whatever hides it, it is not there for us.
    () => false,
  );
}

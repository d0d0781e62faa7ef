/**
 * Where the store of a directory's project lies, told by looking at files where that is certain: a
 * command that only looks should not start seven gits first (they were a third of `temoin ls`).
 * Whatever is not the plain case (a linked working tree, a submodule, a bare repository, a working
 * tree that is elsewhere) is left to git.
 */

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../operations/context.ts";
import { storeIn } from "./places.ts";

/** The store of the repository around `dir`, which exists; `null`: ask git. */
export function findStore(dir: string, env: Environment): string | null {
  // It ends git's search at places that we would walk past.
  if (env["GIT_CEILING_DIRECTORIES"] !== undefined) return null;
  try {
    let at = realpathSync(dir);
    while (!existsSync(path.join(at, ".git"))) {
      const parent = path.dirname(at);
      if (parent === at || isGitDirectory(at)) return null;
      at = parent;
    }
    const gitDir = path.join(at, ".git");
    if (isGitDirectory(at) || !isGitDirectory(gitDir) || hasOtherTree(gitDir)) return null;
    const store = storeIn(path.join(at, ".temoin"));
    // What another user has put there is git's to judge (`safe.directory`).
    return statSync(store).uid === process.getuid?.() ? store : null;
  } catch {
    // Nothing there, or nothing that may be read: git says what is the matter.
    return null;
  }
}

function isGitDirectory(directory: string): boolean {
  return existsSync(path.join(directory, "HEAD")) && existsSync(path.join(directory, "objects"));
}

/** `core.worktree` or `core.bare`, in this file or in one that it includes. */
function hasOtherTree(gitDir: string): boolean {
  const config = readFileSync(path.join(gitDir, "config"), "utf8");
  return /worktree|bare\s*=(?!\s*false\b)|\binclude/i.test(config);
}

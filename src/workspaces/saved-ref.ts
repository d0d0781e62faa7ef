/** Refs that keep work: `refs/temoin/saved/<task>/<attempt>/<n>`. They are only ever added. */

import type { CommitSha } from "../domain/id.ts";
import { GitError } from "./git.ts";
import { gitIn, type Repository } from "./repository.ts";
import type { WorkOf } from "./workspace.ts";

/** Two who save for one attempt at the same moment take the next number; so often (chosen). */
const mostTries = 5;

/** Puts the commit on the attempt's next saved ref, unless one of them is at that commit. */
export async function keepOnSavedRef(
  repository: Repository,
  of: WorkOf,
  sha: CommitSha,
): Promise<void> {
  const folder = `refs/temoin/saved/${of.task}/${of.attempt}/`;
  for (let tries = 0; ; tries += 1) {
    const format = "--format=%(objectname) %(refname)";
    const { text } = await gitIn(repository, ["for-each-ref", format, folder]);
    const known = text === "" ? [] : text.split("\n");
    if (known.some((line) => line.startsWith(sha))) return;
    const numbers = known.map((line) => Number(line.slice(line.lastIndexOf("/") + 1)));
    const ref = `${folder}${Math.max(0, ...numbers) + 1}`;
    try {
      // An empty old value: the ref must not be there yet.
      await gitIn(repository, ["update-ref", ref, sha, ""]);
      return;
    } catch (error) {
      const isTaken = error instanceof GitError && /already exists/.test(error.stderr);
      if (!isTaken || tries >= mostTries) throw error;
    }
  }
}

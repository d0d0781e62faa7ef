/** A worktree put back as it was committed: what a gate has changed there is no work of anybody. */

import type { CommitSha } from "../domain/id.ts";
import { gitAt, type Place } from "./place.ts";
import { removeIndex, takeSnapshot } from "./snapshot.ts";
import { statusOf } from "./status-of.ts";
import { bringTo } from "./worktree.ts";

/**
 * Files, HEAD and branch as they are at `sha`; ignored files stay. Resolves with the paths that
 * differed; `HEAD` stands for a commit or a branch that was switched to. `branch: null`: detached.
 */
export async function restore(
  place: Place,
  { sha, branch }: { readonly sha: CommitSha; readonly branch: string | null },
): Promise<readonly string[]> {
  const status = await statusOf(place);
  const isMoved = status.head !== sha || status.branch !== branch;
  if (status.isClean && !isMoved) return [];
  const { tree, indexFile } = await takeSnapshot(place, async () => status.head);
  await removeIndex(indexFile);
  const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", sha, tree];
  const { text } = await gitAt(place, args);
  const changed = text.split("\0").filter((file) => file !== "");
  const head = branch === null ? { detached: true as const } : { detached: false as const, branch };
  await bringTo(place, sha, head.detached ? head : { ...head, force: true });
  return isMoved ? ["HEAD", ...changed] : changed;
}

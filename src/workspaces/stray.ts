/**
 * A HEAD that an agent has taken off its attempt's branch: on another branch, detached, in the
 * middle of a rebase, or the branch deleted. Its commits are taken in by the attempt's branch.
 *
 *   the branch is gone, or behind the work     → the branch goes forward to the work
 *   the work is behind the branch              → the agent has only looked around: the branch
 *   both have commits, and they merge          → a merge of the two
 *   both have commits, and they conflict       → the work: it is what the agent left last and what
 *                                                the gates will see; the other is kept on a saved ref
 */

import type { CommitSha } from "../domain/id.ts";
import { commitTree } from "./commit-tree.ts";
import { mergeBaseOf } from "./history.ts";
import { mergeTrees } from "./merge-tree.ts";
import type { Repository } from "./repository.ts";

export interface Taken {
  readonly head: CommitSha;
  /** What `head` does not hold: for a saved ref. */
  readonly left: CommitSha | null;
}

/** `work`: the commit of everything that is there. `branch`: where the attempt's branch is, if anywhere. */
export async function takeIn(
  repository: Repository,
  { work, branch }: { readonly work: CommitSha; readonly branch: CommitSha | null },
): Promise<Taken> {
  if (branch === null || branch === work) return { head: work, left: null };
  const base = await mergeBaseOf(repository, branch, work);
  if (base === branch) return { head: work, left: null };
  if (base === work) return { head: branch, left: null };
  const merged = await mergeTrees(repository, { ours: branch, theirs: work, unionFiles: [] });
  if (merged.kind === "conflict") return { head: work, left: branch };
  const message = "Take in the commits that were made beside the branch\n";
  const parents = [branch, work];
  const head = await commitTree(repository, { tree: merged.tree, parents, message });
  return { head, left: null };
}

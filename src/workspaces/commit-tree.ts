/** Commits that temoin itself makes, straight into the object store: no index, no hook, no signing. */

import type { CommitSha } from "../domain/id.ts";
import { noteTree, shaFrom } from "./history.ts";
import { gitIn, type Repository } from "./repository.ts";

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly CommitSha[];
  readonly message: string;
}

export async function commitTree(
  repository: Repository,
  { tree, parents, message }: NewCommit,
): Promise<CommitSha> {
  const args = ["commit-tree", "--no-gpg-sign", tree, ...parents.flatMap((sha) => ["-p", sha])];
  const { text } = await gitIn(repository, [...args, "-F", "-"], {
    input: message,
    env: repository.identity,
  });
  const sha = shaFrom(text);
  noteTree(sha, tree);
  return sha;
}

/** All working trees of a repository, temoin's and the person's, as git lists them. */

import type { CommitSha } from "../domain/id.ts";
import { shaFrom } from "./history.ts";
import { gitIn, type Repository } from "./repository.ts";

export interface ListedWorktree {
  readonly path: string;
  /** `null`: no commit is checked out. */
  readonly head: CommitSha | null;
  /** The full name of the branch that is checked out; `null`: a detached HEAD. */
  readonly branch: string | null;
  /** git takes it for one without files. */
  readonly isBare: boolean;
  /** It is one of temoin's. */
  readonly isOurs: boolean;
}

export async function listWorktrees(repository: Repository): Promise<readonly ListedWorktree[]> {
  const { text } = await gitIn(repository, ["worktree", "list", "--porcelain", "-z"]);
  return text.split("\0\0").flatMap((entry) => {
    const lines = entry.split("\0");
    const tell = (word: string): string | null =>
      lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? null;
    const path = tell("worktree");
    if (path === null) return [];
    const head = tell("HEAD");
    // A HEAD on no commit is told as zeros.
    const isBorn = head !== null && !/^0+$/.test(head);
    return {
      path,
      head: isBorn ? shaFrom(head) : null,
      branch: tell("branch"),
      isBare: lines.includes("bare"),
      isOurs: tell("locked")?.startsWith("temoin ") === true,
    };
  });
}

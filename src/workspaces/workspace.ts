/**
 * The contract of workspaces and of the target branch: all that temoin does in git.
 *
 * One worktree per slot, outside the repository, reused; a branch per attempt. Nothing that an
 * agent wrote is ever destroyed: before a reset everything, untracked files too, is saved on a ref
 * `refs/temoin/saved/<task>/<attempt>/<n>`. The person's checkout is never written to, but for a
 * fast-forward that git itself finds harmless.
 */

import type { CommitSha, SlotId, TaskId } from "../domain/id.ts";

export interface WorkOf {
  readonly task: TaskId;
  readonly attempt: number;
}

export interface ChangedFile {
  /** Relative to the repository's root, `/` between its parts, as git knows it. */
  readonly path: string;
  readonly change: "added" | "modified" | "deleted" | "renamed" | "type_changed";
}

export interface Inspection {
  readonly head: CommitSha;
  /** The branch that is checked out; `null`: detached. */
  readonly branch: string | null;
  /** Not on the attempt's branch any more. */
  readonly stray: boolean;
  /** From the base to the files as they are now, untracked ones included, ignored ones not. */
  readonly changed: readonly ChangedFile[];
  /** Lines added in files that `reportFiles` names, per path. */
  readonly addedLines: Readonly<Record<string, readonly string[]>>;
  readonly uncommitted: boolean;
  /** Commits over the base that the agent made by itself. */
  readonly ownCommits: number;
  /** Paths that still hold an unfinished merge. */
  readonly unmerged: readonly string[];
}

export interface Workspace {
  readonly path: string;
  /** The branch of the attempt that it was prepared for last, also after a restart of temoin. */
  readonly branch: string;
  inspect(base: CommitSha, reportFiles: readonly string[]): Promise<Inspection>;
  /**
   * Everything that is there as one commit; neither files, index nor HEAD change. It is put on a
   * new saved ref unless the attempt's branch holds it, as when the agent has committed it all.
   * `null`: there is nothing beyond the base and what `commit` has returned.
   */
  save(of: WorkOf, reason: string): Promise<CommitSha | null>;
  /**
   * Brings a stray HEAD back (its commits are taken in), commits all changes on the attempt's
   * branch and returns its head. With nothing to commit the head as it is.
   */
  commit(message: string): Promise<CommitSha>;
  /** Adds text at the end of a file of the workspace, which is made if it is not there. */
  append(file: string, text: string): Promise<void>;
}

export interface PrepareRequest {
  readonly slot: SlotId;
  readonly of: WorkOf;
  readonly branch: string;
  readonly base: CommitSha;
}

export interface Workspaces {
  /**
   * The slot's directory on a new branch at `base`, clean of tracked and untracked changes but
   * with ignored files (build caches) kept. What was left is saved first, under the attempt that
   * the directory was last prepared for.
   */
  prepare(request: PrepareRequest): Promise<Workspace>;
  /** The slot's directory as it stands, for recovery; `null` if there is none. */
  open(slot: SlotId): Promise<Workspace | null>;
}

export type Merge =
  | { readonly kind: "merged"; readonly sha: CommitSha }
  | { readonly kind: "conflict"; readonly files: readonly string[] }
  /** The target already holds all of it. */
  | { readonly kind: "nothing" };

export interface MergeRequest {
  readonly onto: CommitSha;
  readonly head: CommitSha;
  readonly mode: "merge" | "squash";
  /** With its trailers. */
  readonly message: string;
}

export type Follow =
  | { readonly followed: true }
  /** One sentence: what is in the way, and what the person can do. */
  | { readonly followed: false; readonly why: string };

export interface Target {
  /** The person's branch, by its short name. */
  readonly branch: string;
  /**
   * `refs/temoin/target/<branch>`: where the target is. Commits that the person has put on the
   * branch since are taken in first. `diverged`: they conflict with what has landed.
   */
  read(): Promise<{ readonly sha: CommitSha; readonly diverged: string | null }>;
  /** Makes the commit in the object store only; no working tree is touched. */
  merge(request: MergeRequest): Promise<Merge>;
  /** The landing's own worktree, clean and at this commit; returns its path. */
  checkout(sha: CommitSha): Promise<string>;
  /** Compare-and-swap of the target; `false`: it was not at `expected`. */
  swap(expected: CommitSha, next: CommitSha): Promise<boolean>;
  contains(sha: CommitSha): Promise<boolean>;
  /** Where the history of a commit left that of the target, as it is now. */
  mergeBase(sha: CommitSha): Promise<CommitSha>;
  /** Files that differ between a commit and the target now. */
  changedSince(sha: CommitSha): Promise<readonly string[]>;
  /** Brings the person's branch to the target if that touches nothing of theirs. */
  follow(): Promise<Follow>;
}

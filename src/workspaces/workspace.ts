/**
 * The contract of workspaces and of the target branch: all that temoin does in git.
 *
 * One worktree per slot, outside the repository, reused; a branch per attempt. Nothing that an
 * agent wrote is ever destroyed: before a reset everything, untracked files too, is saved on a ref
 * `refs/temoin/saved/<task>/<attempt>/<n>`. The person's checkout is never written to, but for a
 * fast-forward that git itself finds harmless.
 */

import type { Conflict, Sides } from "../domain/conflict.ts";
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
  /** Lines added in files that `reportFiles` names, per path; of one too long for a report, none. */
  readonly addedLines: Readonly<Record<string, readonly string[]>>;
  readonly uncommitted: boolean;
  /** Commits over the base that the agent made by itself. */
  readonly ownCommits: number;
  /** Paths that still hold an unfinished merge. */
  readonly unmerged: readonly string[];
}

export interface Between {
  readonly from: CommitSha;
  readonly to: CommitSha;
}

export interface Workspace {
  readonly path: string;
  /** The branch of the attempt that it was prepared for last, also after a restart of temoin. */
  readonly branch: string;
  inspect(base: CommitSha, reportFiles: readonly string[]): Promise<Inspection>;
  /** Lines that came to these files from one commit to the other, per path. */
  addedLines(between: Between, files: readonly string[]): Promise<Inspection["addedLines"]>;
  /**
   * A text that is another one when files or commits have changed since; ignored files do not
   * count. For comparing alone. It costs one `git status`.
   */
  glance(): Promise<string>;
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
  /**
   * Files, HEAD and the attempt's branch as they are at `head`, which `commit` has returned; ignored
   * files stay. Resolves with the paths that differed.
   */
  restore(head: CommitSha): Promise<readonly string[]>;
  /** Is there a file, or a directory, of that path? */
  has(file: string): Promise<boolean>;
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

export interface RevertRequest {
  readonly onto: CommitSha;
  /** The landing that is taken back: its change is that against its first parent. */
  readonly sha: CommitSha;
  readonly message: string;
}

/** The target as it was where work began, as it is in `result`, and `result` itself. */
export interface JoinRequest {
  readonly base: CommitSha;
  readonly theirs: CommitSha;
  readonly result: CommitSha;
}

/** A commit on the target: of temoin's by its task, of others' by its subject. */
export interface Touch {
  readonly task: TaskId | null;
  readonly title: string;
}

export type Follow =
  | { readonly followed: true }
  /** One sentence: what is in the way, and what the person can do. */
  | { readonly followed: false; readonly why: string };

/** A worktree in which commits are looked at, and nobody works. */
export interface Checkout {
  /** Clean and at this commit; resolves with its path. */
  checkout(sha: CommitSha): Promise<string>;
  /** Puts it back as it was checked out; resolves with the paths that differed. */
  tidy(): Promise<readonly string[]>;
}

export interface OverlayRequest {
  readonly head: CommitSha;
  /** Whose version of the files is laid over. */
  readonly from: CommitSha;
  readonly paths: readonly string[];
}

export interface Target extends Checkout {
  /** The person's branch, by its short name. */
  readonly branch: string;
  /**
   * `refs/temoin/target/<branch>`: where the target is. Commits that the person has put on the
   * branch since are taken in first. `diverged`: they conflict with what has landed.
   */
  read(): Promise<{ readonly sha: CommitSha; readonly diverged: string | null }>;
  /** Makes the commit in the object store only; no working tree is touched. */
  merge(request: MergeRequest): Promise<Merge>;
  /** The same for the taking back of a landing; `nothing`: all of it is gone already. */
  revert(request: RevertRequest): Promise<Merge>;
  /** What is at odds, with both sides; `null`: the two fit. */
  conflict(of: Pick<MergeRequest, "onto" | "head">): Promise<Conflict | null>;
  /** Texts of the files that have changed on the target, and are not in `result` as they are there. */
  sides(request: JoinRequest): Promise<readonly Sides[]>;
  /** What has come to the target between two commits and has touched these files, oldest first. */
  touches(from: CommitSha, to: CommitSha, files: readonly string[]): Promise<readonly Touch[]>;
  /** Another worktree than the landing's own, which is `checkout`'s. One user at a time. */
  readonly scratch: Checkout;
  /** The same for who reads and does not work: the conductor. */
  readonly seat: Checkout;
  /** A commit in the object store only; `null`: `head` has all these files as `from` has them. */
  overlay(request: OverlayRequest): Promise<CommitSha | null>;
  /** One line for each commit of the target's history on the way, at most 30, the newest first. */
  commitsBetween(from: CommitSha, to: CommitSha): Promise<readonly string[]>;
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

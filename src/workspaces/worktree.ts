/**
 * One worktree of temoin's: made, mended and brought to a commit. Its git directory is always
 * named, never found by looking up from the files: an agent may delete `.git`, or put another there.
 */

import { lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { Mutex } from "../lib/mutex.ts";
import { readRegularFile } from "../lib/text-file.ts";
import { GitError } from "./git.ts";
import { gitAt, gitDirIn, isThere, type Place } from "./place.ts";
import { gitIn, type Repository } from "./repository.ts";

export interface WorktreeRequest {
  readonly repository: Repository;
  readonly path: string;
  /** Shown by `git worktree list` and by a git that is asked to remove it. */
  readonly reason: string;
}

export type Head =
  | { readonly detached: true }
  | { readonly detached: false; readonly branch: string; readonly force: boolean };

/** By common directory: `git worktree add` is no safe thing to do twice at once. */
const adding = new Map<string, Mutex>();

/** A new worktree at `path`, where nothing may be; whatever git knew of one there is forgotten. */
export async function addWorktree(
  { repository, path: at, reason }: WorktreeRequest,
  sha: CommitSha,
): Promise<Place> {
  await mkdir(path.dirname(at), { recursive: true });
  const mutex = adding.get(repository.commonDir) ?? new Mutex();
  adding.set(repository.commonDir, mutex);
  return mutex.run(async () => {
    // Twice: also when it is locked, as ours are, and its directory is gone.
    const args = ["worktree", "add", "--force", "--force", "--detach", "--lock"];
    await gitIn(repository, [...args, "--reason", reason, at, sha]);
    const link = await readFile(path.join(at, ".git"), "utf8");
    return { git: repository.git, path: at, gitDir: gitDirIn(link) };
  });
}

/**
 * Can the directory be used with that git directory? What is lost between the two (`.git` deleted
 * or replaced, the directory moved) is mended; `false`: one of them is gone.
 */
export async function mendWorktree(place: Place): Promise<boolean> {
  const hasMetadata = await isThere(path.join(place.gitDir, "HEAD"));
  if (!hasMetadata || !(await isThere(place.path))) return false;
  const link = path.join(place.path, ".git");
  const wanted = `gitdir: ${place.gitDir}\n`;
  // A repository that an agent has put in its place cannot be read as a file; it is kept.
  const linked = await readRegularFile(link).catch(() => null);
  if (linked !== wanted) {
    if (await isThere(link)) await moveAside(link, `${place.path}.git`);
    await writeFile(link, wanted);
  }
  const back = path.join(place.gitDir, "gitdir");
  const known = await readRegularFile(back).catch(() => null);
  const real = path.join(await realpath(place.path), ".git");
  if (known?.trim() !== link && known?.trim() !== real) await writeFile(back, `${real}\n`);
  return true;
}

/** Locks that a git left behind when it was killed; only when no git can be at work there. */
export async function removeStaleLocks({ gitDir }: Place): Promise<void> {
  const names = await readdir(gitDir).catch(() => []);
  for (const name of names) {
    if (name.endsWith(".lock")) await rm(path.join(gitDir, name), { force: true });
  }
}

/** Traces of an unfinished command, and the git command that forgets it and keeps its stash. */
const unfinished = [
  ["rebase-merge", ["rebase", "--quit"]],
  ["rebase-apply", ["rebase", "--quit"]],
  ["MERGE_HEAD", ["merge", "--quit"]],
  ["CHERRY_PICK_HEAD", ["cherry-pick", "--quit"]],
  ["REVERT_HEAD", ["revert", "--quit"]],
  ["sequencer", ["cherry-pick", "--quit"]],
] as const;

const traces = ["BISECT_START", "BISECT_LOG", "BISECT_NAMES", "BISECT_TERMS", "AUTO_MERGE"];

/** The trace of a command that was begun there and not ended; `null`: there is none. */
export async function findUnfinished({ gitDir }: Place): Promise<string | null> {
  const names = new Set(await readdir(gitDir));
  const begun = [...unfinished.map(([trace]) => trace), "BISECT_START"];
  return begun.find((trace) => names.has(trace)) ?? null;
}

/** Ends what an agent began and left; HEAD, index and files stay. */
export async function quitUnfinished(place: Place): Promise<void> {
  const names = new Set(await readdir(place.gitDir));
  for (const [trace, command] of unfinished) {
    if (!names.has(trace)) continue;
    // Broken state that git will not take up is removed all the same.
    await gitAt(place, command, { answers: [1, 128] });
    await rm(path.join(place.gitDir, trace), { recursive: true, force: true });
  }
  for (const trace of traces) {
    if (names.has(trace)) await rm(path.join(place.gitDir, trace), { force: true });
  }
}

/**
 * The worktree at `sha`: tracked files as they are there, untracked ones gone with all repositories
 * among them, ignored ones kept. Throws a GitError that says "already exists" for a branch that is
 * there, unless it is forced.
 */
export async function bringTo(place: Place, sha: CommitSha, head: Head): Promise<void> {
  await quitUnfinished(place);
  const to = head.detached
    ? ["--detach", sha]
    : ["--no-track", head.force ? "-B" : "-b", head.branch, sha];
  const checkout = ["checkout", "--quiet", "--force", "--ignore-other-worktrees", ...to];
  try {
    await gitAt(place, checkout);
  } catch (error) {
    if (!(error instanceof GitError) || /already exists/.test(error.stderr)) throw error;
    // A damaged index, or untracked folders where files have to be.
    await rm(path.join(place.gitDir, "index"), { force: true });
    await gitAt(place, ["clean", "-ffdq"], { answers: [1] });
    await gitAt(place, checkout);
  }
  await gitAt(place, ["clean", "-ffdq"], { answers: [1] });
}

/**
 * Out of the way and kept whole, by default beside its old place. Returns where it is now. A link
 * to a git directory goes: that directory will be its successor's.
 */
export async function moveAside(at: string, beside = at): Promise<string> {
  for (let n = 1; ; n += 1) {
    const kept = `${beside}.kept-${n}`;
    if (await isThere(kept)) continue;
    await rename(at, kept);
    const link = path.join(kept, ".git");
    const isLink = await lstat(link).then(
      (found) => found.isFile(),
      // None there.
      () => false,
    );
    if (isLink) await rm(link);
    return kept;
  }
}

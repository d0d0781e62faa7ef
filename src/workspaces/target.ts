/**
 * The target branch as temoin has it, `refs/temoin/target/<branch>`, and the person's branch that
 * follows it. Landings are merged in the object store and move the ref by compare-and-swap.
 *
 * What a person takes off their branch (`git reset`) stays in the target and comes back with the
 * next landing; what has landed is taken out by a revert.
 */

import { realpath, rm } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import { Mutex } from "../lib/mutex.ts";
import { readRegularFile } from "../lib/text-file.ts";
import { commitTree } from "./commit-tree.ts";
import { followTarget } from "./follow.ts";
import { GitError } from "./git.ts";
import { mergeBaseOf, shaFrom } from "./history.ts";
import { mergeTrees } from "./merge-tree.ts";
import { gitDirIn, isLink, isThere, type Place } from "./place.ts";
import { gitIn, type Repository } from "./repository.ts";
import { updateSubmodules } from "./submodules.ts";
import type { Merge, MergeRequest, Target } from "./workspace.ts";
import { addWorktree, bringTo, mendWorktree, moveAside, removeStaleLocks } from "./worktree.ts";

export interface TargetParts {
  readonly repository: Repository;
  readonly branch: string;
  /** The landing's worktree lies in `<dir>/<projectId>/landing`. */
  readonly dir: string;
  /** Merged by union: both sides' lines are kept. */
  readonly unionFiles?: readonly string[];
}

/** The target may move while a person's commits are taken in; so often it is tried anew (chosen). */
const mostTries = 5;

export function openTarget({ repository, branch, dir, unionFiles = [] }: TargetParts): Target {
  const at = path.join(dir, repository.projectId, "landing");
  const ref = targetRef(branch);
  const oneAtATime = new Mutex();
  /** Where we have seen or put the target last: an agent can delete its ref, or move it. */
  let known: CommitSha | null = null;
  return {
    branch,
    read: () =>
      oneAtATime.run(async () => {
        await restoreTarget(repository, { branch, known });
        const read = await readTarget(repository, branch, unionFiles);
        known = read.sha;
        return read;
      }),
    merge: (request) => mergeOnto(repository, request, unionFiles),
    checkout: (sha) => oneAtATime.run(() => checkoutLanding(repository, at, sha)),
    swap: (expected, next) =>
      oneAtATime.run(async () => {
        const swapped = await swap(repository, { ref, expected, next });
        if (swapped) known = next;
        return swapped;
      }),
    async contains(sha) {
      const tip = await findTargetTip(repository, branch);
      const args = ["merge-base", "--is-ancestor", sha, tip];
      // 128: there is no such commit here, so the target cannot hold it.
      return (await gitIn(repository, args, { answers: [1, 128] })).exitCode === 0;
    },
    async mergeBase(sha) {
      const tip = await findTargetTip(repository, branch);
      return (await mergeBaseOf(repository, tip, sha)) ?? tip;
    },
    async changedSince(sha) {
      const tip = await findTargetTip(repository, branch);
      const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", sha, tip];
      return (await gitIn(repository, args)).text.split("\0").filter((file) => file !== "");
    },
    follow: () =>
      oneAtATime.run(async () => {
        await restoreTarget(repository, { branch, known });
        return followTarget(repository, { branch, ref });
      }),
  };
}

/** Text of the change from where the history left the target to `head`. */
export async function diffFromTarget(
  repository: Repository,
  branch: string,
  head: CommitSha,
): Promise<string> {
  const tip = await findTargetTip(repository, branch);
  const options = ["--no-color", "--no-ext-diff", "--no-textconv"];
  return (await gitIn(repository, ["diff", ...options, `${tip}...${head}`])).text;
}

/** The target where there is one yet, else the branch itself. */
async function findTargetTip(repository: Repository, branch: string): Promise<CommitSha> {
  const { ours, theirs } = await readBoth(repository, branch);
  const tip = ours ?? theirs;
  if (tip !== null) return tip;
  throw new AppError("repository", `Cannot find \`${branch}\`: the branch is gone.`, {
    hint: `\`git branch ${branch} <commit>\` makes it again.`,
  });
}

interface Both {
  /** Where the target is. */
  readonly ours: CommitSha | null;
  /** Where the person's branch is. */
  readonly theirs: CommitSha | null;
}

async function readBoth(repository: Repository, branch: string): Promise<Both> {
  const refs = [targetRef(branch), `refs/heads/${branch}`];
  const format = "--format=%(objectname) %(refname)";
  const { text } = await gitIn(repository, ["for-each-ref", format, ...refs]);
  const found = new Map<string, CommitSha>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const space = line.indexOf(" ");
    found.set(line.slice(space + 1), shaFrom(line.slice(0, space)));
  }
  const [ours, theirs] = refs.map((ref) => found.get(ref) ?? null);
  return { ours: ours ?? null, theirs: theirs ?? null };
}

/** What has landed is put back where it was: nobody but temoin moves the target's ref. */
async function restoreTarget(
  repository: Repository,
  { branch, known }: { readonly branch: string; readonly known: CommitSha | null },
): Promise<void> {
  if (known === null) return;
  const { ours } = await readBoth(repository, branch);
  if (ours === known) return;
  if (ours !== null && (await mergeBaseOf(repository, known, ours)) === known) return;
  await swap(repository, { ref: targetRef(branch), expected: ours, next: known });
}

async function readTarget(
  repository: Repository,
  branch: string,
  unionFiles: readonly string[],
): Promise<{ readonly sha: CommitSha; readonly diverged: string | null }> {
  const ref = targetRef(branch);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { ours, theirs } = await readBoth(repository, branch);
    const sha = ours ?? (await findTargetTip(repository, branch));
    if (theirs === null) {
      return { sha, diverged: `The branch \`${branch}\` is gone; landings wait in \`${ref}\`.` };
    }
    const next = await takeInPerson(repository, { branch, ours, theirs, unionFiles });
    if ("conflict" in next) return { sha, diverged: next.conflict };
    if (next.sha === ours || (await swap(repository, { ref, expected: ours, next: next.sha }))) {
      return { sha: next.sha, diverged: null };
    }
  }
  throw new AppError("repository", `Cannot read \`${ref}\`: it moved each time it was tried.`, {
    hint: "End what else writes to it, then try again.",
  });
}

interface TwoTips extends Both {
  readonly branch: string;
  readonly theirs: CommitSha;
  readonly unionFiles: readonly string[];
}

async function takeInPerson(
  repository: Repository,
  { branch, ours, theirs, unionFiles }: TwoTips,
): Promise<{ readonly sha: CommitSha } | { readonly conflict: string }> {
  if (ours === null || ours === theirs) return { sha: theirs };
  const base = await mergeBaseOf(repository, ours, theirs);
  if (base === theirs) return { sha: ours };
  if (base === ours) return { sha: theirs };
  const merged = await mergeTrees(repository, { ours, theirs, unionFiles });
  if (merged.kind === "conflict") {
    const files = merged.files.map((file) => `\`${file}\``).join(", ");
    const ref = targetRef(branch);
    return {
      conflict:
        `Commits on \`${branch}\` conflict with what has landed, in ${files}: ` +
        `run \`git merge ${ref}\` on \`${branch}\` and resolve it.`,
    };
  }
  const message = `Take in ${branch}\n`;
  const parents = [ours, theirs];
  return { sha: await commitTree(repository, { tree: merged.tree, parents, message }) };
}

async function mergeOnto(
  repository: Repository,
  { onto, head, mode, message }: MergeRequest,
  unionFiles: readonly string[],
): Promise<Merge> {
  const merged = await mergeTrees(repository, { ours: onto, theirs: head, unionFiles });
  if (merged.kind === "conflict") return merged;
  const { text } = await gitIn(repository, ["rev-parse", `${onto}^{tree}`]);
  if (text === merged.tree) return { kind: "nothing" };
  const parents = mode === "squash" ? [onto] : [onto, head];
  const sha = await commitTree(repository, { tree: merged.tree, parents, message });
  return { kind: "merged", sha };
}

/** `expected: null`: the ref must not be there yet. */
async function swap(
  repository: Repository,
  { ref, expected, next }: { ref: string; expected: CommitSha | null; next: CommitSha },
): Promise<boolean> {
  try {
    await gitIn(repository, ["update-ref", "-m", "temoin", ref, next, expected ?? ""]);
    return true;
  } catch (error) {
    const isElsewhere = /but expected|already exists|unable to resolve reference/;
    if (error instanceof GitError && isElsewhere.test(error.stderr)) return false;
    throw error;
  }
}

/** Nothing in it is anybody's work: only what gates have left. */
async function checkoutLanding(
  repository: Repository,
  at: string,
  sha: CommitSha,
): Promise<string> {
  let place = await findLanding(repository, at);
  if (place === null) {
    // Of a link only itself is in the way, whatever it leads to.
    if (await isLink(at)) await rm(at);
    if (await isThere(at)) await moveAside(at);
    place = await addWorktree({ repository, path: at, reason: "temoin landing" }, sha);
  }
  await removeStaleLocks(place);
  await bringTo(place, sha, { detached: true });
  await updateSubmodules(repository, place);
  return at;
}

/** The worktree at that path, mended; `null`: there is none that can be used. */
async function findLanding({ git, commonDir }: Repository, at: string): Promise<Place | null> {
  try {
    if (await isLink(at)) return null;
    const gitDir = gitDirIn(await readRegularFile(path.join(at, ".git")));
    if (path.dirname(gitDir) !== path.join(commonDir, "worktrees")) return null;
    // Not the git directory of a slot, or of a working tree of the person's.
    const back = (await readRegularFile(path.join(gitDir, "gitdir"))).trim();
    if (![at, await realpath(at)].includes(path.dirname(back))) return null;
    const place = { git, gitDir, path: at };
    return (await mendWorktree(place)) ? place : null;
  } catch {
    // No directory, or no link in it: a new one is made.
    return null;
  }
}

function targetRef(branch: string): string {
  return `refs/temoin/target/${branch}`;
}

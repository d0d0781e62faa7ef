/**
 * The target branch as temoin has it, `refs/temoin/target/<branch>`, and the person's branch that
 * follows it. Landings are merged in the object store and move the ref by compare-and-swap.
 *
 * What a person takes off their branch (`git reset`) stays in the target and comes back with the
 * next landing; what has landed is taken out by a revert.
 */

import { rm } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import { Mutex } from "../lib/mutex.ts";
import { commitTree } from "./commit-tree.ts";
import { describeConflict, readSides } from "./conflict.ts";
import { followTarget } from "./follow.ts";
import { GitError } from "./git.ts";
import { changedPaths, commitsBetween, mergeBaseOf, shaFrom, treeOf } from "./history.ts";
import { mergeTrees } from "./merge-tree.ts";
import { overlay } from "./overlay.ts";
import { findGitDir, isLink, isThere, type Place } from "./place.ts";
import { gitIn, type Repository } from "./repository.ts";
import { restore } from "./restore.ts";
import { findTouches, revertOnto } from "./revert.ts";
import { updateSubmodules } from "./submodules.ts";
import type { Checkout, Merge, MergeRequest, Target } from "./workspace.ts";
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
  const ownDir = path.join(dir, repository.projectId);
  const ref = targetRef(branch);
  const oneAtATime = new Mutex();
  /** Where we have seen or put the target last: an agent can delete its ref, or move it. */
  let known: CommitSha | null = null;
  return {
    branch,
    read: () =>
      oneAtATime.run(async () => {
        const now = await restoreTarget(repository, { branch, known });
        const read = await readTarget(repository, { branch, unionFiles, now });
        known = read.sha;
        return read;
      }),
    merge: (request) => mergeOnto(repository, request, unionFiles),
    revert: (request) => revertOnto(repository, request, unionFiles),
    conflict: (request) => describeConflict(repository, request, unionFiles),
    sides: (request) => readSides(repository, request),
    touches: (from, to, files) => findTouches(repository, { from, to, files }),
    ...openCheckout(repository, path.join(ownDir, "landing"), oneAtATime),
    scratch: openCheckout(repository, path.join(ownDir, "scratch"), new Mutex()),
    seat: openCheckout(repository, path.join(ownDir, "seat"), new Mutex()),
    overlay: (request) => overlay(repository, request),
    commitsBetween: (from, to) => commitsBetween(repository, { from, to }),
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
      return changedPaths(repository, sha, tip);
    },
    follow: () =>
      oneAtATime.run(async () => {
        const now = await restoreTarget(repository, { branch, known });
        return followTarget(repository, { branch, ref, ...now });
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
export async function findTargetTip(repository: Repository, branch: string): Promise<CommitSha> {
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

/**
 * What has landed is put back where it was: nobody but temoin moves the target's ref. Resolves with
 * what there is then.
 */
async function restoreTarget(
  repository: Repository,
  { branch, known }: { readonly branch: string; readonly known: CommitSha | null },
): Promise<Both> {
  const both = await readBoth(repository, branch);
  const { ours } = both;
  if (known === null || ours === known) return both;
  if (ours !== null && (await mergeBaseOf(repository, known, ours)) === known) return both;
  await swap(repository, { ref: targetRef(branch), expected: ours, next: known });
  return readBoth(repository, branch);
}

interface TargetReading {
  readonly branch: string;
  readonly unionFiles: readonly string[];
  /** What was there just now. */
  readonly now: Both;
}

async function readTarget(
  repository: Repository,
  { branch, unionFiles, now }: TargetReading,
): Promise<{ readonly sha: CommitSha; readonly diverged: string | null }> {
  const ref = targetRef(branch);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { ours, theirs } = tries === 0 ? now : await readBoth(repository, branch);
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
  if (merged.kind === "conflict") return { kind: "conflict", files: merged.files };
  if ((await treeOf(repository, onto)) === merged.tree) return { kind: "nothing" };
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

/** `mutex`: one after the other. */
export function openCheckout(
  repository: Repository,
  at: string,
  mutex: Mutex = new Mutex(),
): Checkout {
  let current: { readonly place: Place; readonly sha: CommitSha } | null = null;
  return {
    checkout: (sha) =>
      mutex.run(async () => {
        current = { place: await checkoutAt(repository, at, sha), sha };
        return at;
      }),
    tidy: () =>
      mutex.run(async () => {
        if (current === null) return [];
        return restore(current.place, { sha: current.sha, branch: null });
      }),
  };
}

/** Nothing in it is anybody's work: only what gates have left. */
async function checkoutAt(repository: Repository, at: string, sha: CommitSha): Promise<Place> {
  let place = await findLanding(repository, at);
  if (place === null) {
    // Of a link only itself is in the way, whatever it leads to.
    if (await isLink(at)) await rm(at);
    if (await isThere(at)) await moveAside(at);
    place = await addWorktree({ repository, path: at, reason: `temoin ${path.basename(at)}` }, sha);
  }
  await removeStaleLocks(place);
  await bringTo(place, sha, { detached: true });
  await updateSubmodules(repository, place);
  return place;
}

/** The worktree at that path, mended; `null`: there is none that can be used. */
async function findLanding({ git, commonDir }: Repository, at: string): Promise<Place | null> {
  if (await isLink(at)) return null;
  const gitDir = await findGitDir(commonDir, at);
  if (gitDir === null) return null;
  const place = { git, gitDir, path: at };
  // What cannot be mended is made anew.
  return (await mendWorktree(place).catch(() => false)) ? place : null;
}

function targetRef(branch: string): string {
  return `refs/temoin/target/${branch}`;
}

/**
 * The person's branch follows the target: by a fast-forward that git itself finds harmless, or not
 * at all, with a sentence about what is in the way. Their uncommitted work is never touched, and
 * neither are their ignored files.
 */

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import { GitError, isLockHeld, lastLine } from "./git.ts";
import { mergeBaseOf } from "./history.ts";
import { gitDirIn, isThere } from "./place.ts";
import { gitIn, type Repository } from "./repository.ts";
import type { Follow } from "./workspace.ts";
import { listWorktrees } from "./worktree-list.ts";

interface Pair {
  readonly branch: string;
  /** The target. */
  readonly ref: string;
}

/** Where the target and the branch are just now. */
interface Tips {
  readonly ours: CommitSha | null;
  readonly theirs: CommitSha | null;
}

export async function followTarget(
  repository: Repository,
  { branch, ref, ours, theirs }: Pair & Tips,
): Promise<Follow> {
  if (ours === null || ours === theirs) return { followed: true };
  if (theirs === null) {
    return no(`The branch \`${branch}\` is gone: \`git branch ${branch} ${ref}\` makes it again.`);
  }
  const base = await mergeBaseOf(repository, ours, theirs);
  if (base === ours) return { followed: true };
  if (base !== theirs) {
    const merge = `\`git merge ${ref}\``;
    return no(`\`${branch}\` has commits that are not in the target: run ${merge} on it.`);
  }
  const holder = await findHolder(repository, branch);
  if (holder === null) return moveRef(repository, { branch, from: theirs, to: ours });
  if (holder.isHidden) {
    return no(`git takes \`${holder.at}\` for bare: run \`git config core.bare false\` there.`);
  }
  if (holder.unfinished !== null) {
    const { unfinished, at } = holder;
    return no(`A ${unfinished} of \`${branch}\` is unfinished in \`${at}\`: finish or abort it.`);
  }
  if (holder.isOurs) {
    return no(`An agent has \`${branch}\` checked out in \`${holder.at}\`; it is tried again.`);
  }
  return forwardIn(repository, { branch, ref, at: holder.at, to: ours });
}

interface Holder {
  readonly at: string;
  /** A command that will move the branch when it ends. */
  readonly unfinished: string | null;
  /** A worktree of temoin's, which an agent has put on the branch. */
  readonly isOurs: boolean;
  /** It has files, and a setting made since says that it has none: they would not be moved along. */
  readonly isHidden: boolean;
}

/** The working tree that has the branch checked out, or is in the middle of something with it. */
async function findHolder(repository: Repository, branch: string): Promise<Holder | null> {
  const ref = `refs/heads/${branch}`;
  for (const { path: at, branch: held, isBare, isOurs } of await listWorktrees(repository)) {
    if (isBare) {
      const top = await findHidden(repository, ref);
      if (top === null) continue;
      return { at: top, unfinished: null, isOurs: false, isHidden: true };
    }
    // A directory that is gone holds nothing; git knows it until the next prune.
    if (!(await isThere(at))) continue;
    if (held === ref) {
      return { at: topOf(repository, at), unfinished: null, isOurs, isHidden: false };
    }
    const unfinished = isOurs ? null : await findUnfinished(at, ref);
    if (unfinished !== null) return { at, unfinished, isOurs, isHidden: false };
  }
  return null;
}

/** The files of a repository that had some when it was opened, if they are on that branch. */
async function findHidden({ top, commonDir }: Repository, ref: string): Promise<string | null> {
  const head = await readLine(path.join(commonDir, "HEAD"));
  return head === `ref: ${ref}` ? top : null;
}

/** For a repository whose files lie elsewhere, git lists the folder that holds its `.git`. */
function topOf({ commonDir, top }: Repository, at: string): string {
  return top !== null && at === commonDir ? top : at;
}

async function findUnfinished(at: string, ref: string): Promise<string | null> {
  const gitDir = await gitDirOf(at);
  for (const folder of ["rebase-merge", "rebase-apply"]) {
    const name = await readLine(path.join(gitDir, folder, "head-name"));
    if (name === ref) return "rebase";
  }
  const start = await readLine(path.join(gitDir, "BISECT_START"));
  return start !== null && `refs/heads/${start}` === ref ? "bisect" : null;
}

async function gitDirOf(at: string): Promise<string> {
  const link = path.join(at, ".git");
  const text = await readFile(link, "utf8").catch(() => null);
  // A folder, in the first working tree, cannot be read as a file.
  return text === null ? link : path.resolve(at, gitDirIn(text));
}

async function readLine(file: string): Promise<string | null> {
  return readFile(file, "utf8").then(
    (text) => text.trim(),
    // It is not there: nothing of that kind is going on.
    () => null,
  );
}

async function moveRef(
  repository: Repository,
  { branch, from, to }: { branch: string; from: CommitSha; to: CommitSha },
): Promise<Follow> {
  const ref = `refs/heads/${branch}`;
  try {
    await gitIn(repository, ["update-ref", "-m", "temoin: landed", ref, to, from]);
    return { followed: true };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return no(`\`${branch}\` could not be moved: ${lastLine(error.stderr)}; it is tried again.`);
  }
}

/** `--no-overwrite-ignore`: git would else write over an ignored file that a landing brings. */
const forward = [
  ...["-c", "merge.autoStash=false", "-c", "merge.verifySignatures=false"],
  ...["merge", "--ff-only", "--quiet", "--no-stat", "--no-autostash", "--no-overwrite-ignore"],
];

async function forwardIn(
  { git }: Repository,
  { branch, ref, at, to }: Pair & { readonly at: string; readonly to: CommitSha },
): Promise<Follow> {
  try {
    await git(at, [...forward, to], { lockRetries: 2 });
    return { followed: true };
  } catch (error) {
    if (!(error instanceof GitError)) {
      if (error instanceof AppError) return no(`\`${branch}\` could not follow: ${error.message}`);
      throw error;
    }
    const then = `then \`git merge ${ref}\``;
    const files = filesIn(error.stderr);
    const where = `\`${branch}\` in \`${at}\` could not follow`;
    if (isLockHeld(error.stderr)) {
      const lock = /'([^\n]*\.lock)'/.exec(error.stderr)?.[1] ?? "its lock";
      return no(`${where}: a git is at work there, or has left \`${lock}\` behind.`);
    }
    if (files.length > 0 && /untracked/.test(error.stderr)) {
      return no(`${where}: untracked ${files.join(", ")} would be lost; move it away, ${then}.`);
    }
    if (files.length > 0) {
      const changed = `${files.join(", ")} ${files.length === 1 ? "has" : "have"} uncommitted changes`;
      return no(`${where}: ${changed}; commit or stash them, ${then}.`);
    }
    return no(`${where}: ${firstLine(error.stderr)}; settle that, ${then}.`);
  }
}

/** git lists the files that are in the way, each in a line that begins with a tab. */
function filesIn(stderr: string): string[] {
  const lines = stderr.split("\n").filter((line) => line.startsWith("\t"));
  return lines.map((line) => `\`${line.trim()}\``);
}

function firstLine(stderr: string): string {
  const line = stderr.split("\n").find((one) => /^(?:error|fatal): /.test(one)) ?? stderr;
  return line
    .replace(/^(?:error|fatal): /, "")
    .replace(/\.\s*$/, "")
    .trim();
}

function no(why: string): Follow {
  return { followed: false, why };
}

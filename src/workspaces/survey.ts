/**
 * A look at all that temoin has made in a repository, for `temoin clean`: worktrees, branches of
 * attempts, saved refs, each with what else holds its commits. Nothing is changed.
 */

import { readdir, realpath } from "node:fs/promises";
import path from "node:path";
import type { CleanSurvey, SurveyedRef, SurveyedWorktree } from "../domain/clean.ts";
import type { CommitSha } from "../domain/id.ts";
import { shaFrom, treeOf } from "./history.ts";
import { mergeTrees } from "./merge-tree.ts";
import { findGitDir, gitAt, isLink, isThere, type Place } from "./place.ts";
import { gitIn, type Repository } from "./repository.ts";
import { readStatus, statusArguments } from "./status.ts";
import { findUnfinished } from "./worktree.ts";
import { type ListedWorktree, listWorktrees } from "./worktree-list.ts";

export interface SurveyRequest {
  readonly repository: Repository;
  /** Worktrees lie in `<dir>/<projectId>/<slot>`. */
  readonly dir: string;
  /** What tasks have landed, by task. */
  readonly landed: ReadonlyMap<string, CommitSha>;
  /** Processes that were started for a slot, or stand in its directory. */
  readonly processesOf: (name: string, path: string) => readonly number[];
}

export type GitSurvey = Pick<CleanSurvey, "worktrees" | "refs" | "leftovers">;

export async function surveyGit(request: SurveyRequest): Promise<GitSurvey> {
  const { repository, dir } = request;
  const made = path.join(dir, repository.projectId);
  // As git tells it; before the first run there is no such folder.
  const ownDir = await realpath(made).catch(() => made);
  const listed = await listWorktrees(repository);
  const merged = await listMerged(repository);
  const worktrees: SurveyedWorktree[] = [];
  for (const one of listed) {
    if (path.dirname(one.path) !== ownDir) continue;
    worktrees.push(await surveyWorktree(request, one));
  }
  const refs: SurveyedRef[] = [];
  for (const { ref, sha } of await listRefs(repository)) {
    const isInTarget = merged.has(ref);
    refs.push({
      ref,
      sha,
      isInTarget,
      isSquashed: !isInTarget && (await isSquashed(request, ref, sha)),
      heldBy: isInTarget ? [] : (await holdersOf(repository, sha)).filter((one) => one !== ref),
      checkedOutIn: listed.filter((one) => one.branch === ref).map((one) => one.path),
    });
  }
  return { worktrees, refs, leftovers: await listLeftovers(ownDir, worktrees) };
}

async function surveyWorktree(
  request: SurveyRequest,
  one: ListedWorktree,
): Promise<SurveyedWorktree> {
  const { repository, processesOf } = request;
  const { head } = one;
  const holders = head === null ? [] : await holdersOf(repository, head);
  const name = path.basename(one.path);
  return {
    name,
    path: one.path,
    head,
    branch: one.branch,
    isInTarget: holders.some((ref) => ref.startsWith(targetPrefix)),
    heldBy: holders,
    processes: processesOf(name, one.path),
    inTheWay: await findInTheWay(repository, one.path),
  };
}

/**
 * Why a worktree cannot be removed without a loss; `null`: it can. What is ignored does not count:
 * build caches, and what else nobody wanted to keep.
 */
export async function findInTheWay(repository: Repository, at: string): Promise<string | null> {
  const place = await findPlace(repository, at);
  if ("why" in place) return place.why;
  const begun = await findUnfinished(place);
  if (begun !== null) return `a git command is unfinished there (${begun})`;
  const own = ["for-each-ref", "--count=1", "refs/worktree/", "refs/bisect/", "refs/rewritten/"];
  if ((await gitAt(place, own)).text !== "") return "it has refs of its own";
  const hidden = await findHidden(place);
  if (hidden !== null) return hidden;
  const status = readStatus((await gitAt(place, statusArguments)).bytes);
  if (status.unmerged.length > 0) return "a merge in it has conflicts";
  if (status.isClean) return null;
  return `it has changes or new files that are in no commit; \`git -C ${place.path} status\` shows them, and \`git -C ${place.path} clean -fd\` or \`stash -u\` lets it go`;
}

/** A worktree with its git directory, if the two still belong together. */
export async function findPlace(
  { git, commonDir }: Repository,
  at: string,
): Promise<Place | { readonly why: string }> {
  if (await isLink(at)) return { why: "a link lies in its place" };
  if (!(await isThere(at)))
    return { why: "its directory is gone; `git worktree remove -f -f` forgets it" };
  const gitDir = await findGitDir(commonDir, at);
  if (gitDir === null) return { why: "its `.git` is not what git has put there" };
  return { git, gitDir, path: at };
}

/** What `git status` does not tell: files that it was told to overlook, repositories inside. */
async function findHidden(place: Place): Promise<string | null> {
  // An empty one is made for a sandbox.
  const modules = await readdir(path.join(place.gitDir, "modules")).catch(() => []);
  if (modules.length > 0) return "it has submodules of its own";
  const { bytes } = await gitAt(place, ["ls-files", "--stage", "-v", "-z"]);
  for (const entry of bytes.toString("latin1").split("\0")) {
    if (/^[a-zS] /.test(entry)) return "git was told to overlook files in it";
    if (/^. 160000/.test(entry)) {
      const folder = Buffer.from(entry.slice(entry.indexOf("\t") + 1), "latin1").toString();
      if (await isThere(path.join(place.path, folder, ".git"))) return "a repository lies in it";
    }
  }
  return null;
}

const targetPrefix = "refs/temoin/target/";
const form = "--format=%(objectname) %(refname)";

/** Branches of attempts and saved refs. */
async function listRefs(
  repository: Repository,
): Promise<readonly { readonly ref: string; readonly sha: CommitSha }[]> {
  const asked = ["for-each-ref", form, "refs/heads/temoin/", "refs/temoin/saved/"];
  return linesOf((await gitIn(repository, asked)).text).map((line) => {
    const space = line.indexOf(" ");
    return { sha: shaFrom(line.slice(0, space)), ref: line.slice(space + 1) };
  });
}

/** Of those the ones that a target has, as temoin has it or as the person has it. */
async function listMerged(repository: Repository): Promise<ReadonlySet<string>> {
  const name = "--format=%(refname)";
  const asked = ["for-each-ref", name, targetPrefix];
  const merged = new Set<string>();
  for (const target of linesOf((await gitIn(repository, asked)).text)) {
    const args = ["for-each-ref", name, `--merged=${target}`];
    const found = await gitIn(repository, [...args, "refs/heads/temoin/", "refs/temoin/saved/"]);
    for (const ref of linesOf(found.text)) merged.add(ref);
  }
  return merged;
}

/** Branches and refs of temoin's that hold the commit; what git has from elsewhere may go again. */
async function holdersOf(repository: Repository, sha: CommitSha): Promise<readonly string[]> {
  const args = ["for-each-ref", "--format=%(refname)", `--contains=${sha}`];
  const { text } = await gitIn(repository, [...args, "refs/heads/", "refs/temoin/"]);
  return linesOf(text);
}

/** Merged into what its task has landed, it changes nothing there. */
async function isSquashed(
  { repository, landed }: SurveyRequest,
  ref: string,
  sha: CommitSha,
): Promise<boolean> {
  const task = /^refs\/heads\/temoin\/([^/]+)\/\d+$/.exec(ref)?.[1];
  const ours = task === undefined ? undefined : landed.get(task);
  if (ours === undefined) return false;
  const merged = await mergeTrees(repository, { ours, theirs: sha, unionFiles: [] });
  return merged.kind === "clean" && merged.tree === (await treeOf(repository, ours));
}

async function listLeftovers(
  ownDir: string,
  worktrees: readonly SurveyedWorktree[],
): Promise<readonly string[]> {
  const known = new Set(worktrees.flatMap(({ name }) => [name, `${name}.json`]));
  const names = await readdir(ownDir).catch(() => []);
  const others = names.filter((name) => !known.has(name) && !name.endsWith(".json"));
  return others.map((name) => path.join(ownDir, name));
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

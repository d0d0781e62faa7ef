/** What has changed in a workspace: from a base to the files as they are now. */

import type { CommitSha } from "../domain/id.ts";
import { gitAt, type Place } from "./place.ts";
import { removeIndex, takeSnapshot } from "./snapshot.ts";
import { fromLatin1 } from "./status.ts";
import { statusOf } from "./status-of.ts";
import type { ChangedFile, Inspection } from "./workspace.ts";

export interface InspectionRequest {
  readonly base: CommitSha;
  readonly reportFiles: readonly string[];
  /** The attempt's branch. */
  readonly branch: string;
  /** Commits of temoin's own: they do not count as the agent's. */
  readonly made: readonly CommitSha[];
}

export async function inspectPlace(place: Place, request: InspectionRequest): Promise<Inspection> {
  const status = await statusOf(place);
  const { tree, indexFile } = await takeSnapshot(place, status.head);
  await removeIndex(indexFile);
  const head = status.head ?? request.base;
  return {
    head,
    branch: status.branch,
    stray: status.branch !== request.branch || status.head === null,
    changed: await listChanges(place, request.base, tree),
    addedLines: await listAddedLines(place, { ...request, tree }),
    uncommitted: !status.isClean,
    ownCommits: await countOwnCommits(place, { ...request, head }),
    unmerged: status.unmerged.map(fromLatin1),
  };
}

const changes: Readonly<Record<string, ChangedFile["change"]>> = {
  A: "added",
  C: "added",
  M: "modified",
  D: "deleted",
  R: "renamed",
  T: "type_changed",
};

async function listChanges(
  place: Place,
  base: CommitSha,
  tree: string,
): Promise<readonly ChangedFile[]> {
  const args = ["diff-tree", "-r", "-z", "--name-status", "--find-renames", base, tree];
  const parts = (await gitAt(place, args)).text.split("\0");
  const changed: ChangedFile[] = [];
  for (let at = 0; at + 1 < parts.length; ) {
    const letter = parts[at]?.[0] ?? "";
    // A rename has two paths, of which the second is the one that is there now.
    const paths = letter === "R" || letter === "C" ? 2 : 1;
    const change = changes[letter] ?? "modified";
    changed.push({ path: parts[at + paths] ?? "", change });
    at += 1 + paths;
  }
  return changed;
}

/** One diff a file, so that no path has to be read out of a diff. */
async function listAddedLines(
  place: Place,
  { base, tree, reportFiles }: InspectionRequest & { readonly tree: string },
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const file of reportFiles) {
    const options = ["--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
    const args = ["--literal-pathspecs", "diff", "--text", ...options, base, tree, "--", file];
    const { text } = await gitAt(place, args);
    const lines = addedLines(text);
    if (lines.length > 0) found[file] = lines;
  }
  return found;
}

/** The added lines of a diff of one file without context. */
function addedLines(diff: string): string[] {
  const lines = diff.split("\n");
  const first = lines.findIndex((line) => line.startsWith("@@"));
  if (first < 0) return [];
  const added = lines.slice(first).filter((line) => line.startsWith("+"));
  return added.map((line) => line.slice(1).replace(/\r$/, ""));
}

async function countOwnCommits(
  place: Place,
  { base, head, made }: InspectionRequest & { readonly head: CommitSha },
): Promise<number> {
  if (head === base) return 0;
  const { text } = await gitAt(place, ["rev-list", head, `^${base}`]);
  const commits = text === "" ? [] : text.split("\n");
  const ours = new Set<string>(made);
  return commits.filter((sha) => !ours.has(sha)).length;
}

/** What has changed in a workspace: from a base to the files as they are now. */

import type { CommitSha } from "../domain/id.ts";
import { longestReportFile } from "../domain/report.ts";
import { allEnded } from "../lib/all-ended.ts";
import { treeOf } from "./history.ts";
import { gitAt, type Place } from "./place.ts";
import type { Repository } from "./repository.ts";
import { type Seen, takeSnapshot } from "./snapshot.ts";
import { fromLatin1 } from "./status.ts";
import { checkedOutAt } from "./status-of.ts";
import type { ChangedFile, Inspection } from "./workspace.ts";

export interface InspectionRequest {
  readonly repository: Repository;
  readonly base: CommitSha;
  readonly reportFiles: readonly string[];
  /** The attempt's branch. */
  readonly branch: string;
  /** Commits of temoin's own: they do not count as the agent's. */
  readonly made: readonly CommitSha[];
}

/** `seen`: what it has looked at, in an index that the next snapshot takes up or removes. */
export async function inspectPlace(
  place: Place,
  request: InspectionRequest,
): Promise<{ readonly inspection: Inspection; readonly seen: Seen | null }> {
  // What does not build on the other is asked at once: a process costs more than its answer.
  const looked = checkedOutAt(place);
  const [out, { tree, seen }] = await allEnded([
    looked,
    takeSnapshot(place, async () => (await looked).head),
  ]);
  const head = out.head ?? request.base;
  const [changed, ownCommits, committed] = await allEnded([
    listChanges(place, request.base, tree),
    countOwnCommits(place, { ...request, head }),
    treeOf(request.repository, head),
  ]);
  // Mostly none of them: then no git is started for them.
  const isChanged = new Set(changed.map((file) => file.path));
  const reportFiles = request.reportFiles.filter((file) => isChanged.has(file));
  const addedLines = await listAddedLines(place, { from: request.base, to: tree }, reportFiles);
  const inspection = {
    head,
    branch: out.branch,
    stray: out.branch !== request.branch || out.head === null,
    changed,
    addedLines,
    uncommitted: tree !== committed || out.unmerged.length > 0,
    ownCommits,
    unmerged: out.unmerged.map(fromLatin1),
  };
  return { inspection, seen };
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

/** Between two commits or trees. One diff a file, so that no path has to be read out of a diff. */
export async function listAddedLines(
  place: Place,
  { from, to }: { readonly from: string; readonly to: string },
  files: readonly string[],
): Promise<Inspection["addedLines"]> {
  const options = ["--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
  const found = await allEnded(
    (await shortOnes(place, to, files)).map(
      async (file): Promise<readonly [string, readonly string[]]> => {
        const args = ["--literal-pathspecs", "diff", "--text", ...options, from, to, "--", file];
        const { text } = await gitAt(place, args);
        return [file, addedLines(text)];
      },
    ),
  );
  return Object.fromEntries(found.filter(([, lines]) => lines.length > 0));
}

/** Of these, those that are there and hold no more than a person would read. */
async function shortOnes(
  place: Place,
  tree: string,
  files: readonly string[],
): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const { text } = await gitAt(place, ["ls-tree", "-l", "-z", "--full-tree", tree, "--", ...files]);
  const short = new Set<string>();
  for (const [, size, file = ""] of text.matchAll(/ +(\d+)\t([^\0]+)\0/g)) {
    if (Number(size) <= longestReportFile) short.add(file);
  }
  return files.filter((file) => short.has(file));
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

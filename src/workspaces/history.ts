/** Commits as git names them: where a ref is, where two histories part, and what lies between. */

import { type CommitSha, parseSha } from "../domain/id.ts";
import { KnownFacts } from "./known-facts.ts";
import { gitIn, type Repository } from "./repository.ts";

const trees = new KnownFacts<string>();
const bases = new KnownFacts<CommitSha>();

/** A commit as git prints it. */
export function shaFrom(text: string): CommitSha {
  const sha = parseSha(text.trim());
  if (sha === null) throw new Error(`git printed no object name: ${JSON.stringify(text)}`);
  return sha;
}

/** Where exactly that ref is, by its full name; `null`: there is none. */
export async function readRef(repository: Repository, ref: string): Promise<CommitSha | null> {
  const args = ["rev-parse", "--verify", "--quiet", ref];
  const { text } = await gitIn(repository, args, { answers: [1] });
  return text === "" ? null : shaFrom(text);
}

/** The best common ancestor; `null`: the two have nothing in common. */
export async function mergeBaseOf(
  repository: Repository,
  one: CommitSha,
  other: CommitSha,
): Promise<CommitSha | null> {
  if (one === other) return one;
  return bases.of([one, other], async () => {
    const { text } = await gitIn(repository, ["merge-base", one, other], { answers: [1] });
    return text === "" ? null : shaFrom(text);
  });
}

/** The object name of the commit's files. */
export function treeOf(repository: Repository, sha: CommitSha): Promise<string> {
  return trees.of([sha], async () => {
    return (await gitIn(repository, ["rev-parse", `${sha}^{tree}`])).text;
  });
}

/** Of a commit that was just made. */
export function noteTree(sha: CommitSha, tree: string): void {
  trees.note([sha], tree);
}

/** Paths that differ between the two; a rename is a path gone and one more. */
export async function changedPaths(
  repository: Repository,
  from: CommitSha,
  to: CommitSha,
): Promise<readonly string[]> {
  const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to];
  return (await gitIn(repository, args)).text.split("\0").filter((file) => file !== "");
}

/** One line for each commit on the way, newest first, with the task that it landed. */
export async function commitsBetween(
  repository: Repository,
  { from, to }: { readonly from: CommitSha; readonly to: CommitSha },
): Promise<readonly string[]> {
  const format = "--format=%h %s%(trailers:key=Temoin-Task,valueonly,separator=%x2C)%x00";
  // Of the target's own history only: what each landing merged is told by the landing.
  const args = ["log", "--first-parent", "--max-count=30", format, `${from}..${to}`];
  const { text } = await gitIn(repository, args, { answers: [128] });
  return text
    .split("\0")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

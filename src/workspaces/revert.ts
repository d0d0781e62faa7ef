/** The taking back of a landing, in the object store; and who has touched the same files since. */

import { type CommitSha, parseTaskId } from "../domain/id.ts";
import { commitTree } from "./commit-tree.ts";
import { treeOf } from "./history.ts";
import { mergeTrees } from "./merge-tree.ts";
import { gitIn, type Repository } from "./repository.ts";
import type { Merge, RevertRequest, Touch } from "./workspace.ts";

/**
 * A merge whose other side is the landing with its change undone: what has come since stays, as it
 * does with `git revert`. The commit has one parent, whatever kind of landing it takes back.
 */
export async function revertOnto(
  repository: Repository,
  { onto, sha, message }: RevertRequest,
  unionFiles: readonly string[],
): Promise<Merge> {
  const { text: undone } = await gitIn(repository, ["rev-parse", `${sha}^1^{tree}`]);
  // git 2.39 takes no merge base by hand: so the landing is made the parent of what it undoes.
  const theirs = await commitTree(repository, { tree: undone, parents: [sha], message });
  const merged = await mergeTrees(repository, { ours: onto, theirs, unionFiles });
  if (merged.kind === "conflict") return { kind: "conflict", files: merged.files };
  if (merged.tree === (await treeOf(repository, onto))) return { kind: "nothing" };
  const { tree } = merged;
  return { kind: "merged", sha: await commitTree(repository, { tree, parents: [onto], message }) };
}

/** Along the target's own line: a merge counts with all that it brought. At most twenty. */
export async function findTouches(
  repository: Repository,
  between: { readonly from: CommitSha; readonly to: CommitSha; readonly files: readonly string[] },
): Promise<readonly Touch[]> {
  const { from, to, files } = between;
  if (files.length === 0) return [];
  const format = "--format=%(trailers:key=Temoin-Task,valueonly,separator=%x2C)%x00%h%x00%s";
  const args = ["log", "--first-parent", "-m", "--reverse", "-n", "20", format, `${from}..${to}`];
  const paths = files.map((file) => `:(literal,top)${file}`);
  const { text } = await gitIn(repository, [...args, "--no-patch", "--", ...paths]);
  return text.split("\n").flatMap((line): readonly Touch[] => {
    const [task = "", short = "", subject = ""] = line.split("\0");
    if (short === "") return [];
    const id = parseTaskId(task);
    const title = id === null ? `${short} ${subject}` : subject.replace(`${id}: `, "");
    return [{ task: id, title }];
  });
}

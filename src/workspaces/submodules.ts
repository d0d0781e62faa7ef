/**
 * Submodules in a worktree of temoin's: filled from the person's own clone, without a network.
 *
 * What works: tasks that read them, and tasks that move a pointer to a commit that the person's
 * clone has. What does not: a submodule that the person has not cloned stays an empty folder, one
 * inside another is not filled, and commits that an agent makes inside one are pushed nowhere, so
 * that a pointer to them is of no use to others. Files that are changed inside one without a commit
 * are kept on a saved ref of their own before the next task, and are part of no landing.
 */

import path from "node:path";
import { commitTree } from "./commit-tree.ts";
import { gitAt, isThere, type Place } from "./place.ts";
import type { Repository } from "./repository.ts";
import { keepOnSavedRef } from "./saved-ref.ts";
import { removeIndex, takeFreshSnapshot } from "./snapshot.ts";
import { fromLatin1, type Status } from "./status.ts";
import type { WorkOf } from "./workspace.ts";

/**
 * Each submodule that the person has cloned, at the commit that the worktree records. What is
 * changed inside is overwritten. A submodule that cannot be filled is left as it is.
 */
export async function updateSubmodules({ commonDir }: Repository, place: Place): Promise<void> {
  if (!(await isThere(path.join(place.path, ".gitmodules")))) return;
  const asked = [
    "config",
    "--file",
    ".gitmodules",
    "-z",
    "--get-regexp",
    "^submodule\\..*\\.path$",
  ];
  const { text } = await gitAt(place, asked, { answers: [1] });
  for (const line of text.split("\0")) {
    const [key = "", folder = ""] = line.split("\n");
    const name = key.replace(/^submodule\./, "").replace(/\.path$/, "");
    // The name is the repository's word: it may not lead out of `modules/`.
    if (folder === "" || name.split("/").includes("..")) continue;
    const clone = path.join(commonDir, "modules", name);
    if (!(await isThere(clone))) continue;
    const settings = ["protocol.file.allow=always", `submodule.${name}.url=${clone}`];
    const update = ["submodule", "--quiet", "update", "--init", "--force", "--", folder];
    const args = [...settings.flatMap((setting) => ["-c", setting]), ...update];
    const updated = await gitAt(place, args, { answers: [1, 128] });
    const inner = path.join(place.path, folder);
    // Without a `.git` of its own, git would look further up.
    if (updated.exitCode !== 0 || !(await isThere(path.join(inner, ".git")))) continue;
    await place.git(inner, ["clean", "-ffdq"], { answers: [1] });
  }
}

/** The files of submodules with changes inside, each as a commit on a saved ref. */
export async function keepSubmoduleFiles(
  { repository, place, of }: { repository: Repository; place: Place; of: WorkOf },
  { dirtySubmodules }: Pick<Status, "dirtySubmodules">,
): Promise<void> {
  for (const folder of dirtySubmodules) {
    const name = fromLatin1(folder);
    const inner = { ...place, path: path.join(place.path, name) };
    const { tree, indexFile } = await takeFreshSnapshot(inner);
    await removeIndex(indexFile);
    const message = `Files of the submodule ${name}, with their changes, of ${of.task}\n`;
    const sha = await commitTree(repository, { tree, parents: [], message });
    await keepOnSavedRef(repository, of, sha);
  }
}

/** `.temoin/`, as a run finds it: the user's own folder, and nothing of the repository's. */

import { AppError } from "../lib/app-error.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import type { ProjectPlace } from "../operations/context.ts";
import type { Git } from "../workspaces/git.ts";

/**
 * Rejects with an AppError `refused` where it is a link, or holds files that git tracks: a queue,
 * tokens or rules that came with the repository are not the user's.
 */
export async function openStateFolder(git: Git, place: ProjectPlace): Promise<void> {
  await makeOwnFolder(place.stateDir);
  if (place.isBare) return;
  const asked = ["ls-files", "-z", "--", ".temoin"];
  const { text } = await git(place.root, asked, { answers: [128] });
  const [file] = text.split("\0");
  if (file === undefined || file === "") return;
  throw new AppError("refused", `Cannot work with \`${file}\`: git tracks it.`, {
    hint: "Look at what is in it, then: git rm -r --cached .temoin",
  });
}

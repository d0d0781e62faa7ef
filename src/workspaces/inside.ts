/** Files in a workspace that are named by a path: no link of an agent's leads out of it. */

import { lstat, realpath } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../lib/app-error.ts";

/**
 * Where the file is, links within the workspace followed; it need not be there. Rejects with an
 * AppError `refused` for one that lies outside, or that a link would put there.
 */
export async function findInside(directory: string, file: string): Promise<string> {
  const root = await realpath(directory);
  let at = root;
  for (const name of path.normalize(file).split(path.sep)) {
    at = path.join(at, name);
    const isLink = await lstat(at).then(
      (found) => found.isSymbolicLink(),
      // Not there yet: it will be made as it is named.
      () => false,
    );
    // A link to nothing leads wherever what is written makes it lead.
    if (isLink) at = await realpath(at).catch(() => path.dirname(root));
    if (at.startsWith(`${root}${path.sep}`)) continue;
    throw new AppError("refused", `Cannot write to \`${file}\`: it leads out of the workspace.`, {
      hint: "Name a file inside the repository in `log.completed`.",
    });
  }
  return at;
}

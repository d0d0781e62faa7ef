/** Where LOG.md and STATUS.md are written: as configured, but never into a file that git tracks. */

import { lstat, realpath } from "node:fs/promises";
import path from "node:path";
import type { ProjectPlace } from "../operations/context.ts";
import type { Git } from "../workspaces/git.ts";

export interface JournalFiles {
  readonly logFile: string;
  readonly statusFile: string;
}

/** A tracked file would make every landing of the person's branch a conflict with our own rows. */
export async function journalFiles(parts: {
  readonly git: Git;
  readonly place: ProjectPlace;
  readonly log: { readonly file: string; readonly status: string };
  readonly onProblem: (says: string) => void;
}): Promise<JournalFiles> {
  const { git, place, log, onProblem } = parts;
  const choose = async (key: string, wanted: string, own: string): Promise<string> => {
    if (place.isBare) return path.join(place.stateDir, own);
    const file = path.resolve(place.root, wanted);
    const asked = ["ls-files", "--error-unmatch", "--", file];
    const { exitCode } = await git(place.root, asked, { answers: [1, 128] });
    const isTracked = exitCode === 0;
    if (!isTracked && !(await leadsOut(place.root, file))) return file;
    const instead = path.join(place.stateDir, own);
    const why = isTracked ? "is tracked by git" : "leads out of the repository";
    onProblem(`${key}: ${wanted} ${why}, so temoin writes to ${instead} instead.`);
    return instead;
  };
  return {
    logFile: await choose("log.file", log.file, "LOG.md"),
    statusFile: await choose("log.status", log.status, "STATUS.md"),
  };
}

/** A link on its way, of the repository's or an agent's making, would have us write anywhere. */
async function leadsOut(root: string, file: string): Promise<boolean> {
  const inside = `${await realpath(root)}${path.sep}`;
  for (let at = file; ; at = path.dirname(at)) {
    const found = await lstat(at).catch(() => null);
    // Not there yet: it will be made where its folder is.
    if (found === null) continue;
    // A link to nothing leads wherever what is written makes it lead.
    const real = await realpath(at).catch(() => "");
    return !`${real}${path.sep}`.startsWith(inside);
  }
}

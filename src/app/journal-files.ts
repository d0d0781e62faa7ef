/** Where LOG.md and STATUS.md are written: as configured, but never into a file that git tracks. */

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
    if (exitCode !== 0) return file;
    const instead = path.join(place.stateDir, own);
    onProblem(`${key}: ${wanted} is tracked by git, so temoin writes to ${instead} instead.`);
    return instead;
  };
  return {
    logFile: await choose("log.file", log.file, "LOG.md"),
    statusFile: await choose("log.status", log.status, "STATUS.md"),
  };
}

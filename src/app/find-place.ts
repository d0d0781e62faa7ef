/** Which project a directory belongs to, and where it keeps its state. */

import path from "node:path";
import type { Clock } from "../lib/clock.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import { createGit } from "../workspaces/git.ts";
import { openRepository, type Repository } from "../workspaces/repository.ts";

/** Rejects with an AppError `repository` where there is no git repository, or an empty one. */
export async function findPlace(
  dir: string,
  parts: { readonly clock: Clock; readonly env: Environment },
): Promise<ProjectPlace> {
  return placeOf(await openRepository(dir, createGit(parts)));
}

/** The same project from each of its working trees: its place is at the first one. */
function placeOf(repository: Repository): ProjectPlace {
  const { stateDir, commonDir, projectId, top } = repository;
  const isInTree = path.basename(stateDir) === ".temoin";
  return {
    id: projectId,
    root: isInTree ? path.dirname(stateDir) : commonDir,
    stateDir,
    isBare: top === null,
  };
}

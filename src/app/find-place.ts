/** Which project a directory belongs to, and where it keeps its state. */

import path from "node:path";
import type { ProjectPlace } from "../operations/context.ts";
import { openRepository } from "../workspaces/repository.ts";

/** Rejects with an AppError `repository` where there is no git repository. */
export async function findPlace(dir: string): Promise<ProjectPlace> {
  const { projectId, root, isBare, stateDir } = await openRepository(dir);
  return { id: projectId, root: path.resolve(root), stateDir, isBare };
}

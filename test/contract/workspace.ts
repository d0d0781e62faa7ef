/** What workspaces promise (`src/workspaces/workspace.ts`), as tests over real repositories. */

import { commitContract } from "./workspace-commit.ts";
import { prepareContract } from "./workspace-prepare.ts";
import { saveContract } from "./workspace-save.ts";
import type { OpenStage } from "./workspace-stage.ts";

export function workspaceContract(name: string, open: OpenStage): void {
  prepareContract(name, open);
  saveContract(name, open);
  commitContract(name, open);
}

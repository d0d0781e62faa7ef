/** The workspaces that exist, held to the contract. */

import { workspaceContract } from "./workspace.ts";
import { openStage } from "./workspace-stage.ts";

workspaceContract("git", openStage);

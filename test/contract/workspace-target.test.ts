/** The target that exists, held to the contract. */

import { openStage } from "./workspace-stage.ts";
import { targetContract } from "./workspace-target.ts";

targetContract("git", openStage);

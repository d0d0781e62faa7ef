/** Landings that are taken back from the target that exists, held to the contract. */

import { revertContract } from "./workspace-revert.ts";
import { openStage } from "./workspace-stage.ts";

revertContract("git", openStage);

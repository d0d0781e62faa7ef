/** The drivers that exist, each held to the contract. */

import { driverContract } from "./driver.ts";
import { makeAmp } from "./driver-amp.ts";
import { makeClaudeHeadless } from "./driver-claude-headless.ts";
import { makeCommandDriver } from "./driver-command.ts";

driverContract("command", makeCommandDriver);
driverContract("claude/headless", makeClaudeHeadless);
driverContract("amp/headless", makeAmp);

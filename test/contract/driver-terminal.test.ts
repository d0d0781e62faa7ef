/** The driver `terminal`, held to the contract of all drivers. */

import { driverContract } from "./driver.ts";
import { makeTerminalDriver } from "./driver-terminal.ts";

driverContract("terminal", makeTerminalDriver);

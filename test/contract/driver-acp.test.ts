/** The driver `acp`, held to the contract of all drivers. */

import { driverContract } from "./driver.ts";
import { makeAcpDriver } from "./driver-acp.ts";

driverContract("acp", (root) => makeAcpDriver(root));

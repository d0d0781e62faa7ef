/** The drivers that exist, each held to the contract. */

import { driverContract } from "./driver.ts";
import { makeCommandDriver } from "./driver-command.ts";

driverContract("command", makeCommandDriver);

/** `temoin retry ID` */

import { retry } from "../operations/retry.ts";
import { oneTaskCommand } from "./one-task.ts";

export const command = oneTaskCommand(retry);

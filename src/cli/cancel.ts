/** `temoin cancel ID` */

import { cancel } from "../operations/cancel.ts";
import { oneTaskCommand } from "./one-task.ts";

export const command = oneTaskCommand(cancel);

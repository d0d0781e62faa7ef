/** `temoin skip ID` */

import { skip } from "../operations/skip.ts";
import { oneTaskCommand } from "./one-task.ts";

export const command = oneTaskCommand(skip);

/** `temoin pause [ID]` */

import { pause } from "../operations/pause.ts";
import { someTaskCommand } from "./one-task.ts";

export const command = someTaskCommand(pause);

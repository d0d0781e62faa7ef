/** `temoin resume [ID]` */

import { resume } from "../operations/resume.ts";
import { someTaskCommand } from "./one-task.ts";

export const command = someTaskCommand(resume);

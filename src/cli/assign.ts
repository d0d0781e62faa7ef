/** `temoin assign ID --agent A` */

import { AppError } from "../lib/app-error.ts";
import { assign } from "../operations/assign.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<id>", "a task's id or alias")
      .option("--agent <name>", "who is to have it; required"),
  async run(call) {
    const [id] = call.args;
    const { agent } = call.options;
    if (agent === undefined) {
      throw new AppError("usage", `Cannot assign ${id}: to whom?`, {
        hint: `temoin assign ${id} --agent NAME`,
      });
    }
    return printChange(call.face, await perform(call, assign, { id, agent }));
  },
};

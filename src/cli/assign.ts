/** `temoin assign ID --agent A` */

import { assign } from "../operations/assign.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<id>", "a task's id or alias")
      .requiredOption("--agent <name>", "who is to have it"),
  async run(call) {
    const input = { id: call.args[0], agent: call.options["agent"] };
    return printChange(call.face, await perform(call, assign, input));
  },
};

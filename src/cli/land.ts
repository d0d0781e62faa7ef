/** `temoin land ID [--reject TEXT]` */

import { land } from "../operations/land.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<id>", "a task's id or alias")
      .option("--reject <text>", "send it back to its agent with these words"),
  async run(call) {
    const { face, args, options } = call;
    const input = { id: args[0], reject: options["reject"] ?? null };
    return printChange(face, await perform(call, land, input));
  },
};

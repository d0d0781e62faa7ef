/** `temoin revert ID [--reason TEXT]` */

import { revert } from "../operations/revert.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<id>", "a task's id or alias")
      .option("--reason <text>", "why, for the commit and for the next agent"),
  async run(call) {
    const { face, args, options } = call;
    const input = { id: args[0], reason: options["reason"] ?? null };
    return printChange(face, await perform(call, revert, input));
  },
};

/** `temoin handoff ID [--to AGENT]` */

import { AppError } from "../lib/app-error.ts";
import { handoff } from "../operations/handoff.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("[id]", "a task's id or alias")
      .option("--to <name>", "the agent that is to go on; from then on the task is its own"),
  async run(call) {
    const [id] = call.args;
    if (id === undefined) {
      throw new AppError("usage", "Cannot hand off: which task?", {
        hint: "temoin handoff ID [--to AGENT]; temoin ls lists the tasks",
      });
    }
    const to = call.options["to"] ?? null;
    return printChange(call.face, await perform(call, handoff, { id, to }));
  },
};

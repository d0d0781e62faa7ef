/** `temoin handoff [ID] [--to AGENT]`: of a task, or without one of the role of the conductor. */

import { handoff } from "../operations/handoff.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("[id]", "a task's id or alias; without one the role of the conductor moves")
      .option("--to <name>", "the agent that is to go on; from then on the task is its own"),
  async run(call) {
    const [id = null] = call.args;
    const to = call.options["to"] ?? null;
    return printChange(call.face, await perform(call, handoff, { id, to }));
  },
};

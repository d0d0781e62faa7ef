/** `temoin split ID [--into TITLE]… [-f FILE|-]` */

import { split } from "../operations/split.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";
import { asList, collect, readText } from "./task-flags.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<id>", "a task's id or alias")
      .option("--into <title>", "a part; they are done one after the other", collect)
      .option("-f, --file <file>", "the parts as a plan; - reads it from stdin"),
  async run(call) {
    const { args, context, face, options } = call;
    const { file } = options;
    const plan = typeof file === "string" ? await readText(file, context.dir, "plan") : null;
    const input = { id: args[0], into: asList(options["into"]), plan };
    return printChange(face, await perform(call, split, input));
  },
};

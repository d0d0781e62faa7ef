/** `temoin split ID [--into TITLE]… [-f FILE|-]` */

import { AppError } from "../lib/app-error.ts";
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
    const into = asList(options["into"]);
    if (into.length > 0 === (plan !== null)) {
      const says = `Cannot split ${args[0]}: give the titles of its parts (\`--into\`) or a plan of them (\`-f\`), one of both.`;
      throw new AppError("usage", says, { hint: "`temoin help split` shows how it is used." });
    }
    const input = { id: args[0], into, plan };
    return printChange(face, await perform(call, split, input));
  },
};

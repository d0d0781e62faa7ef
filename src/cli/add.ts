/** `temoin add TITLE [-f FILE|-] …` */

import { add } from "../operations/add.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";
import { addTaskFlags, asList, readBody, splitList } from "./task-flags.ts";

export const command: CliCommand = {
  describe: (command) => addTaskFlags(command.argument("<title>", "one line, in quotes")),
  async run(call) {
    const { args, context, face, options } = call;
    const change = await perform(call, add, {
      title: args[0],
      body: await readBody(options["file"], context.dir),
      priority: options["priority"] ?? null,
      after: splitList(options["after"]),
      agent: options["agent"] ?? null,
      role: options["role"] ?? null,
      skills: asList(options["skill"]),
      touches: asList(options["touches"]),
      verify: asList(options["verify"]),
      answers: asList(options["answer"]),
    });
    return printChange(face, change);
  },
};

/** `temoin report done|blocked|note|handoff [--files …] [--tests …] [TEXT]` */

import { report } from "../operations/report.ts";
import { type CliCommand, perform } from "./command.ts";
import { collect, splitList } from "./task-flags.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<kind>", "done, blocked, note or handoff")
      .argument("[text...]", "in your words")
      .option("--files <paths>", "what was changed, with commas between", collect, [])
      .option("--tests <result>", "what the tests said"),
  async run(call) {
    const { args, face, options } = call;
    const [kind, ...words] = args;
    const answer = await perform(call, report, {
      kind,
      text: words.filter((word) => word !== undefined).join(" "),
      files: splitList(options["files"]),
      tests: options["tests"] ?? null,
    });
    if (face.isJson) face.printJson(answer);
    else face.print(`Reported: ${answer.reported}.`);
    return 0;
  },
};

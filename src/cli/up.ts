/** `temoin up [--deadline T] [--max-cost N] [--max-tokens N]` */

import { up } from "../operations/up.ts";
import { type CliCommand, perform } from "./command.ts";
import { sayNext } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("--deadline <time>", "start no task after it: 19:00")
      .option("--max-cost <usd>", "start no task when so many US dollars are spent: 20")
      .option("--max-tokens <count>", "start no task when so many tokens are used: 5M"),
  async run(call) {
    const { face, options } = call;
    const answer = await perform(call, up, {
      deadline: options["deadline"] ?? null,
      maxCost: options["maxCost"] ?? null,
      maxTokens: options["maxTokens"] ?? null,
    });
    if (face.isJson) {
      face.printJson(answer);
      return 0;
    }
    for (const line of answer.left) face.print(line);
    if (answer.holder === null) {
      face.print("The goal was met before anything had to be done.");
      sayNext(face, "temoin status");
      return 0;
    }
    face.print(`temoin works in the background: process ${answer.holder.pid}.`);
    sayNext(face, "temoin status   or   temoin events -f");
    return 0;
  },
};

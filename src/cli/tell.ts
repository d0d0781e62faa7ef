/** `temoin tell ID TEXT` */

import { tell } from "../operations/tell.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command.argument("<id>", "a task's id or alias").argument("<text...>", "your words"),
  async run(call) {
    const [id, ...words] = call.args;
    return printChange(call.face, await perform(call, tell, { id, text: words.join(" ") }));
  },
};

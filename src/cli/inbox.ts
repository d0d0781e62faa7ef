/** `temoin inbox [--clear KEY]` */

import { oneLine } from "../domain/view-text.ts";
import { clearInbox, inbox } from "../operations/inbox.ts";
import { choiceLines } from "./answer.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--clear <key>", "take one line out"),
  async run(call) {
    const { face, options } = call;
    if (options["clear"] !== undefined) {
      return printChange(face, await perform(call, clearInbox, { key: options["clear"] }));
    }
    const answer = await perform(call, inbox, {});
    if (face.isJson) {
      face.printJson(answer);
      return 0;
    }
    if (answer.inbox.length === 0) face.say("Nothing waits for you.");
    for (const { key, says, next, ask } of answer.inbox) {
      face.print(`${face.style("bold", key)}  ${oneLine(says, 2000)}`);
      const choices = ask === null ? [] : choiceLines(ask.choices, ask.takesText);
      for (const choice of choices) face.print(`      ${choice}`);
      face.print(`    → ${oneLine(next, 2000)}`);
    }
    return 0;
  },
};

/** `temoin why ID|AGENT` */

import { oneLine } from "../domain/view-text.ts";
import { plainTime } from "../domain/view-time.ts";
import { why } from "../operations/why.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command.argument("<subject>", "a task, an agent, a slot, or conductor"),
  async run(call) {
    const { face, args } = call;
    const answer = await perform(call, why, { subject: args[0] });
    if (face.isJson) {
      face.printJson(answer);
      return 0;
    }
    face.print(`${face.style("bold", answer.subject)} is ${answer.state}`);
    for (const { at, source, says } of answer.because) {
      const time = plainTime(Date.parse(at));
      face.print(`  ${time}  ${source.padEnd(10)} ${oneLine(says, 300)}`);
    }
    return 0;
  },
};

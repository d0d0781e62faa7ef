/** `temoin diff ID` */

import { diff } from "../operations/diff.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command.argument("<id>", "a task's id or alias"),
  async run(call) {
    const { face, args } = call;
    const answer = await perform(call, diff, { id: args[0] });
    if (face.isJson) face.printJson(answer);
    else if (answer.diff.trim() === "") face.say(`${answer.id} has changed nothing.`);
    else face.print(answer.diff);
    return 0;
  },
};

/** `temoin decide TEXT` */

import { decide } from "../operations/decide.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command.argument("<text...>", "what you have settled, and why"),
  async run(call) {
    const { recorded } = await perform(call, decide, { text: call.args.join(" ") });
    if (call.face.isJson) call.face.printJson({ recorded });
    else call.face.print(`Recorded: ${recorded}`);
    return 0;
  },
};

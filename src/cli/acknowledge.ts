/** `temoin acknowledge` */

import { acknowledge } from "../operations/acknowledge.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command,
  async run(call) {
    const { agent, term } = await perform(call, acknowledge, {});
    if (call.face.isJson) call.face.printJson({ agent, term });
    else call.face.print(`You are the conductor: ${agent}, term ${term}.`);
    return 0;
  },
};

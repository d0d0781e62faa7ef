/** `temoin down [--now]` */

import { down } from "../operations/down.ts";
import { type CliCommand, perform } from "./command.ts";
import { sayNext } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--now", "interrupt the agents; their work is kept", false),
  async run(call) {
    const { face, options, context } = call;
    const isNow = options["now"] === true;
    if (!isNow && !face.isJson) {
      const { running, landing } = await context.state();
      const count = running.size + landing.size;
      if (count > 0 && (await context.holder()) !== null) {
        face.say(
          `Waiting for what is at work to end (${count}); \`temoin down --now\` interrupts.`,
        );
      }
    }
    const answer = await perform(call, down, { now: isNow });
    if (face.isJson) face.printJson(answer);
    else if (answer.stopped === null) face.say("Nothing runs here: there is nothing to stop.");
    else {
      face.print(`temoin has stopped (process ${answer.stopped.pid}).`);
      sayNext(face, "temoin status");
    }
    return 0;
  },
};

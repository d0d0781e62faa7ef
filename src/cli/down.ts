/** `temoin down [--now]` */

import { oneLine } from "../domain/view-text.ts";
import { down } from "../operations/down.ts";
import { type Call, type CliCommand, perform } from "./command.ts";
import { sayNext } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--now", "interrupt the agents; their work is kept", false),
  async run(call) {
    const { face, options, context } = call;
    const isNow = options["now"] === true;
    const over = new AbortController();
    const isTold = !isNow && !face.isJson && (await context.holder()) !== null;
    const telling = isTold ? tellWhatIsAwaited(call, over.signal) : null;
    try {
      const answer = await perform(call, down, { now: isNow });
      if (face.isJson) face.printJson(answer);
      else if (answer.stopped === null) face.say("Nothing runs here: there is nothing to stop.");
      else {
        face.print(`temoin has stopped (process ${answer.stopped.pid}).`);
        sayNext(face, "temoin status");
      }
      return 0;
    } finally {
      over.abort();
      await telling;
    }
  },
};

/** What is at work may itself wait for the person: each ask is told once, as soon as it is there. */
async function tellWhatIsAwaited({ context, face }: Call, signal: AbortSignal): Promise<void> {
  const { running, landing } = await context.state();
  const count = running.size + landing.size;
  if (count > 0) {
    face.say(`Waiting for what is at work to end (${count}); \`temoin down --now\` interrupts.`);
  }
  const told = new Set<string>();
  for await (const _ of context.changes(signal)) {
    const { asks, running: atWork } = await context.state();
    for (const { id, slot, task, ask, answer } of asks.values()) {
      // For what is parked nobody waits now.
      if (answer !== null || told.has(id) || !atWork.has(task)) continue;
      told.add(id);
      face.say(`${slot} on ${task} waits for your answer to ${id}: ${oneLine(ask.says, 200)}`);
      sayNext(face, `temoin answer ${id}`);
    }
  }
}

/** `temoin events [-f] [--jsonl]` */

import { logRow } from "../domain/view-log.ts";
import { plainTime } from "../domain/view-time.ts";
import { events, type NumberedEvent } from "../operations/events.ts";
import { type Call, type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("-f, --follow", "go on as things happen")
      .option("--jsonl", "print one JSON object per line"),
  endsBySignal: true,
  async run(call) {
    let after = await printAfter(call, 0);
    if (call.options["follow"] !== true) return 0;
    for await (const _ of call.context.changes(call.signal)) after = await printAfter(call, after);
    return 0;
  },
};

/** Resolves with the number of the last event. */
async function printAfter(call: Call, after: number): Promise<number> {
  const { face, options } = call;
  const happened = await perform(call, events, { after });
  for (const one of happened) {
    if (face.isJson || options["jsonl"] === true) face.printJson(one.json);
    else face.print(lineOf(one));
  }
  return happened.at(-1)?.seq ?? after;
}

function lineOf({ seq, event }: NumberedEvent): string {
  const row = logRow(event);
  const rest = row === null ? [event.type] : [row.actor, row.action, row.target, row.status];
  return [String(seq).padStart(5), plainTime(event.at), ...rest].join("  ");
}

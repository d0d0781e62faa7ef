/** `temoin logs AGENT|SLOT [-f]` */

import { open } from "node:fs/promises";
import { logs, type SlotLog } from "../operations/logs.ts";
import { type Call, type CliCommand, perform } from "./command.ts";

/** How often a file that grows is looked at (chosen). */
const lookMs = 250;

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<name>", "an agent, or one of its slots")
      .option("-f, --follow", "go on as it prints"),
  endsBySignal: true,
  async run(call) {
    const { face, args, options, context, signal } = call;
    const files = await perform(call, logs, { name: args[0] });
    const read = new Map<string, number>();
    const printNew = async (): Promise<void> => {
      for (const { slot, file } of files) {
        read.set(slot, await printFrom(call, { slot, file }, read.get(slot) ?? 0));
      }
    };
    await printNew();
    const isEmpty = [...read.values()].every((size) => size === 0);
    if (isEmpty && !face.isJson) face.say(`${args[0]} has printed nothing yet.`);
    while (options["follow"] === true && !signal.aborted) {
      // The rejection is the end that was asked for, which the loop sees by itself.
      await context.clock.until(context.clock.now() + lookMs, signal).catch(() => undefined);
      await printNew();
    }
    return 0;
  },
};

const mostBytes = 1024 * 1024;

/** Prints what is in the file after `from`; resolves with where it has come to. */
async function printFrom({ face }: Call, log: SlotLog, from: number): Promise<number> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(log.file);
  } catch (error) {
    // It comes with the first word of the agent.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return from;
    throw error;
  }
  await using _file = file;
  const { size } = await file.stat();
  // A log that has become shorter was begun anew.
  let at = size < from ? 0 : from;
  const buffer = Buffer.alloc(Math.min(mostBytes, Math.max(1, size - at)));
  while (at < size) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    const text = buffer.toString("utf8", 0, bytesRead);
    if (face.isJson) face.printJson({ slot: log.slot, text });
    else face.print(text);
    at += bytesRead;
  }
  return at;
}

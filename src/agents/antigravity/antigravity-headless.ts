/**
 * The driver `antigravity` without a screen: `agy -p`, from documentation alone and not proved on the
 * real program. It prints text; its exit code tells how the turn ended.
 */

import { StringDecoder } from "node:string_decoder";
import { plainLine } from "../../lib/process-text.ts";
import type { Driver, Prompt } from "../driver.ts";
import { byFile } from "../prompt-words.ts";
import type { Fact } from "../protocol/line.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { TurnProcessLine, type TurnReader } from "../protocol/turn-process.ts";

/** Its own limit for a turn is five minutes, and `watch.turn` is what counts. */
const printTimeout = "24h";

/** The prompt is one argument, and Linux takes at most 128 KiB for one. */
const longestArgument = 100 * 1024;

export function createAntigravityHeadless(options: ProtocolDriverOptions): Driver {
  return createProtocolDriver(options, {
    capabilities: {
      resume: false,
      freshContext: true,
      interrupt: true,
      steer: false,
      usage: false,
      limits: false,
      asks: false,
      attach: false,
    },
    lineOf: (request) => async (ear) =>
      new TurnProcessLine({ request, options, ear, readerOf: readTurn }),
  });
}

function readTurn(prompt: Prompt, conversation: string | null): TurnReader {
  const decoder = new StringDecoder("utf8");
  let unfinished = "";
  const isGoingOn = conversation !== null;
  return {
    args: [
      "--dangerously-skip-permissions",
      "--print-timeout",
      printTimeout,
      ...(isGoingOn ? ["--continue"] : []),
      // Last: it takes the next argument as its value.
      "-p",
      argumentOf(prompt),
    ],
    stdin: null,
    isEndTold: false,
    read(chunk): readonly Fact[] {
      const text = decoder.write(chunk);
      const lines = (unfinished + text).split("\n");
      unfinished = (lines.pop() ?? "").slice(-4096);
      const says = plainLine(lines.findLast((line) => line.trim() !== "") ?? "");
      const output: Fact = { type: "output", text };
      return says === "" ? [output] : [output, { type: "activity", says }];
    },
    // It has no name that would be printed: the next turn goes on with the last one.
    conversation: "last",
  };
}

function argumentOf(prompt: Prompt): string {
  return Buffer.byteLength(prompt.text) <= longestArgument ? prompt.text : byFile(prompt);
}

/**
 * The driver `amp` without a screen, from Amp's documentation and not proved on the real program:
 * `amp -x --stream-json --stream-json-input` reads one line, works, and prints messages in the shape
 * of Claude Code; `amp threads continue ID` goes on with a thread.
 */

import type { Instant } from "../../domain/id.ts";
import { jsonLine, parseJson } from "../../lib/json-text.ts";
import { LineSplitter } from "../../lib/line-splitter.ts";
import { emptyMemory, readMessage } from "../claude/read-stream.ts";
import { parseMessage } from "../claude/stream-message.ts";
import type { Driver } from "../driver.ts";
import type { Fact } from "../protocol/line.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { TurnProcessLine, type TurnReader } from "../protocol/turn-process.ts";
import { resetTimeFor } from "../reset-time-for.ts";

const streamArgs = ["-x", "--stream-json", "--stream-json-input"] as const;

/** In characters; of what a longer line holds nothing is needed (chosen). */
const longestLine = 32 * 1024 * 1024;

export function createAmpHeadless(options: ProtocolDriverOptions): Driver {
  return createProtocolDriver(options, {
    capabilities: {
      resume: true,
      freshContext: true,
      interrupt: true,
      steer: false,
      usage: true,
      limits: true,
      asks: false,
      attach: false,
    },
    lineOf: (request) => async (ear) => {
      const resetOf = resetTimeFor(request.agent, options.clock);
      return new TurnProcessLine({
        request,
        options,
        ear,
        readerOf: ({ text }, thread) => readTurn(text, thread, resetOf),
      });
    },
  });
}

function readTurn(
  text: string,
  thread: string | null,
  resetOf: (words: string) => Instant | null,
): TurnReader {
  const lines = new LineSplitter(longestLine);
  let memory = emptyMemory;
  let conversation = thread;
  const content = [{ type: "text", text }];
  const prompt = { type: "user", message: { role: "user", content } };
  const readLine = (line: string): readonly Fact[] => {
    const value = parseJson(line);
    conversation = threadOf(value) ?? conversation;
    const message = parseMessage(value);
    if (message === null) return line === "" ? [] : [{ type: "output", text: `${line}\n` }];
    const read = readMessage(memory, message, resetOf);
    memory = read.memory;
    return read.facts;
  };
  return {
    args: [...(thread === null ? [] : ["threads", "continue", thread]), ...streamArgs],
    stdin: jsonLine(prompt),
    isEndTold: true,
    read: (chunk) => lines.push(chunk).flatMap(readLine),
    get conversation() {
      return conversation;
    },
  };
}

/** `T-…`, which the first message tells. */
function threadOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("session_id" in value)) return null;
  return typeof value.session_id === "string" ? value.session_id : null;
}

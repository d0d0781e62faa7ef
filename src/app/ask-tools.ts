/**
 * Does the server of temoin's tools start, and what does it offer? It is started as the CLI of an
 * agent starts it, in the least environment that one of them gives, and asked for its list.
 */

import path from "node:path";
import { z } from "zod";
import type { ToolRole } from "../domain/rights.ts";
import { askProgram } from "../lib/ask-program.ts";
import type { Clock } from "../lib/clock.ts";
import { plainLine } from "../lib/process-text.ts";
import type { Environment, ToolsLook } from "../operations/context.ts";

export interface AskToolsParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly root: string;
  /** Of temoin itself, to be run by this Node. */
  readonly program: string;
  readonly role: ToolRole;
  readonly signal: AbortSignal;
  readonly answerMs?: number;
}

/** It takes 0.4 s on an idle machine (measured), and CLIs wait for it up to a minute (chosen). */
const defaultAnswerMs = 20_000;

/** What codex hands on (0.169.0); all others hand on more. */
const handedOn = ["HOME", "LANG", "PATH", "SHELL", "TERM"];

/** The list is that of whoever has a token; it is looked at for no call, and none is made. */
const asAgent = { TEMOIN_TOKEN: "to look at the list" };

const client = { name: "temoin doctor", version: "1" };
const initialize = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: client };
/** The server ends with its input, when all of it is answered. */
const messages = [
  { id: 1, method: "initialize", params: initialize },
  { method: "notifications/initialized" },
  { id: 2, method: "tools/list" },
]
  .map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
  .join("");

const listed = z.object({
  id: z.literal(2),
  result: z.object({ tools: z.array(z.object({ name: z.string() })) }),
});

export async function askTools(parts: AskToolsParts): Promise<ToolsLook> {
  const { clock, env, root, program, role, signal, answerMs = defaultAnswerMs } = parts;
  const begun = clock.now();
  const told = await askProgram({
    command: [process.execPath, program, "mcp", "--role", role, "-C", root],
    cwd: path.parse(root).root,
    env: { ...Object.fromEntries(handedOn.map((name) => [name, env[name]])), ...asAgent },
    input: messages,
    clock,
    signal,
    timeoutMs: answerMs,
  });
  switch (told.kind) {
    case "not_started":
      return { isThere: false, why: `it could not be started: ${told.detail}` };
    case "called_off":
      return { isThere: false, why: "it was called off" };
    case "too_slow":
      return { isThere: false, why: `it has not answered within ${answerMs / 1000} s` };
    case "answered": {
      const tools = toolsIn(told.output);
      if (tools !== null) return { isThere: true, tools, tookMs: clock.now() - begun };
      const line = plainLine(told.output, 120);
      return { isThere: false, why: `it says ${line === "" ? "nothing" : `"${line}"`}` };
    }
  }
}

/** `null`: there is no list in it. */
function toolsIn(output: string): readonly string[] | null {
  for (const line of output.split("\n")) {
    const { data } = listed.safeParse(parsed(line));
    if (data !== undefined) return data.result.tools.map(({ name }) => name);
  }
  return null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Something else was printed there.
    return null;
  }
}

/** A program of a crash test as a process that speaks in lines, and that is killed without warning. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Child {
  /** The lines of its standard output; they end with the process. */
  readonly lines: AsyncIterable<string>;
  say(line: string): void;
  /** SIGKILL; safe to repeat, and when it has ended by itself. */
  kill(): void;
  /** Resolves to how it ended: `SIGKILL`, or its exit code as a text. */
  readonly ended: Promise<string>;
}

/** Starts a program of this folder. Its errors go to the test's own output. */
export function startChild(program: string, args: readonly string[]): Child {
  const path = join(import.meta.dirname, program);
  const process_ = spawn(process.execPath, [path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  // Told too late, after a kill: it is the kill that the test looks at.
  process_.stdin.on("error", () => {});
  return {
    lines: createInterface({ input: process_.stdout }),
    say: (line) => process_.stdin.write(`${line}\n`),
    kill: () => process_.kill("SIGKILL"),
    ended: endOf(process_),
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  const [code, signal] = await once(child, "close");
  return signal ?? String(code);
}

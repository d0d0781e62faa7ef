/** A program that a full-screen agent runs as its tool: what it printed is shown, not its bytes. */

import { spawn } from "node:child_process";
import type { Clock } from "../../../src/lib/clock.ts";

/** Of what a tool prints, so many lines are shown (chosen). */
const shownLines = 20;
/** From a program's end to the end of its output (chosen). */
const outputMs = 200;

/** What it printed, and its end where that was bad. An interrupt ends it. */
export function runTool(
  [program = "", ...args]: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  const printed: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  return new Promise((resolve) => {
    const end = (...lines: readonly string[]) => {
      const all = [...printed.join("").trimEnd().split("\n"), ...lines];
      resolve(
        all
          .filter((line) => line !== "")
          .slice(-shownLines)
          .join("\n"),
      );
    };
    child.on("error", (error) => end(`${program} could not be run: ${error.message}`));
    child.on("exit", (code, by) => {
      const bad = code === 0 ? [] : [`${program} ended with ${code ?? by}`];
      child.on("close", () => end(...bad));
      // A daemon of its own may hold its output open for ever.
      void clock.until(clock.now() + outputMs).then(() => end(...bad));
    });
  });
}

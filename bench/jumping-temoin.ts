/**
 * temoin with a clock that jumps: the time of day is that of the machine and so many milliseconds
 * more as the file named by JUMPING_CLOCK tells, whenever it is asked. All else is bin/temoin.
 */

import { readFileSync } from "node:fs";
import { openApp } from "../src/app.ts";
import { runCommandLine } from "../src/cli/command-line.ts";
import { openTerminal } from "../src/cli/terminal.ts";
import { clockOf } from "../src/lib/clock.ts";

const file = process.env["JUMPING_CLOCK"] ?? "";

process.exitCode = await runCommandLine({
  argv: process.argv.slice(2),
  env: process.env,
  terminal: openTerminal(),
  version: "bench",
  open: async (request) => openApp({ ...request, clock: clockOf(() => Date.now() + aheadMs()) }),
});

/** Nothing is written there before the first jump. */
function aheadMs(): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

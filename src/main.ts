/** Where the program begins. Imports as little as possible: each start pays for it. */

import { readFileSync } from "node:fs";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string }; // Our own package.json, which npm requires to have one.

const argv = process.argv.slice(2);

if (argv[0] === "--version" && argv.length === 1) {
  process.stdout.write(`${version}\n`);
} else {
  const { runCommandLine } = await import("./cli/command-line.ts");
  const { openTerminal } = await import("./cli/terminal.ts");
  process.exitCode = await runCommandLine({
    argv,
    env: process.env,
    terminal: openTerminal(),
    version,
    open: async (request) => (await import("./app.ts")).openApp(request),
  });
}

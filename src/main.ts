/** Where the program begins. Imports as little as possible: each start pays for it. */

import { readFileSync } from "node:fs";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string }; // Our own package.json, which npm requires to have one.

if (process.argv[2] === "--version") {
  process.stdout.write(`${version}\n`);
} else {
  process.stderr.write("Usage: temoin --version\n");
  process.exitCode = 2;
}

/**
 * A program as agents are: raw mode, bracketed paste. It appends what it reads to a file, and tells
 * by its title how many bytes there are.
 *
 *   node record-input.ts FILE
 */

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";

const file = process.argv[2];
assert(file !== undefined, "the file is missing");
let total = 0;
const tell = () => process.stdout.write(`\u001b]2;read ${total}\u0007`);
process.stdin.setRawMode(true);
process.stdin.on("data", (bytes: Buffer) => {
  appendFileSync(file, bytes);
  total += bytes.length;
  tell();
});
process.stdout.write("\u001b[?2004h");
tell();

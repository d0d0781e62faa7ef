/**
 * Writes a frame of a spinner to each terminal, ten times a second, in a process of its own, so
 * that its cost is nobody else's. Ends with its input.
 *
 *   node write-panes.ts TTY…
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { frame } from "./light-agent.ts";

const terminals = process.argv.slice(2).map((tty) => openSync(tty, "w"));
/** The frames of all are spread over the tenth of a second, as those of real programs are. */
const perTick = Math.max(1, Math.ceil(terminals.length / 10));
let isOver = false;
process.stdin.resume();
process.stdin.once("end", () => {
  isOver = true;
});
console.log("ready");
const startedAt = performance.now();
for (let tick = 0; !isOver; tick += 1) {
  const from = (tick % 10) * perTick;
  const text = frame(Math.floor(tick / 10));
  for (const terminal of terminals.slice(from, from + perTick)) writeSync(terminal, text);
  const leftMs = startedAt + (tick + 1) * 10 - performance.now();
  if (leftMs > 0) await sleep(leftMs);
}
for (const terminal of terminals) closeSync(terminal);

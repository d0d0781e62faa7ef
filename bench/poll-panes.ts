/**
 * The usual way to watch agents: `tmux capture-pane` as a program of its own, for each pane, every
 * so often. Prints a line for each pane whose text has changed, with its time; ends with its input.
 *
 *   node poll-panes.ts SOCKET INTERVAL_MS PANE…
 */

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const [socket = "", interval = "1000", ...panes] = process.argv.slice(2);
/** As many at once as the facts' own measurement (tmux §1.3). */
const atOnce = 8;

const before = new Map<string, string>();
const over = new AbortController();
process.stdin.resume();
process.stdin.once("end", () => over.abort());
await lookAtAll();
console.log("ready");
for (let next = performance.now() + Number(interval); ; next += Number(interval)) {
  try {
    await sleep(Math.max(0, next - performance.now()), undefined, { signal: over.signal });
  } catch {
    // Its input has ended.
    break;
  }
  await lookAtAll();
}

async function lookAtAll(): Promise<void> {
  const left = [...panes];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let pane = left.shift(); pane !== undefined; pane = left.shift()) await look(pane);
    }),
  );
}

async function look(pane: string): Promise<void> {
  const args = ["-u", "-S", socket, "capture-pane", "-p", "-t", pane];
  const { stdout } = await run("tmux", args);
  const known = before.get(pane);
  before.set(pane, stdout);
  if (known !== undefined && known !== stdout) {
    console.log(`${pane} changed ${performance.timeOrigin + performance.now()}`);
  }
}

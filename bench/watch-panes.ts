/**
 * What is measured of temoin at many panes: the driver with so many sessions, in a process of its
 * own. Prints a line when all are ready, and one for each state, with its time; ends with its input.
 *
 *   node watch-panes.ts ROOT COUNT (rest|turns)
 */

import path from "node:path";
import type { Session } from "../src/agents/driver.ts";
import { createTerminalDriver } from "../src/agents/terminal/terminal-driver.ts";
import { ProjectServer } from "../src/agents/tmux/project-server.ts";
import { systemClock } from "../src/lib/clock.ts";
import { lightRequest, socketOf } from "./light-agent.ts";

const [root = "", count = "1", what = "rest"] = process.argv.slice(2);
/** So many start at once (chosen). */
const startsAtOnce = 8;

const base = { clock: systemClock, graceMs: 1_000 };
await using tmux = new ProjectServer({ ...base, socket: { path: socketOf(root) } });
const binDir = path.join(root, "bin");
const driver = createTerminalDriver({ ...base, root, binDir, project: "bench", tmux });
const sessions: Session[] = [];
const numbers = Array.from({ length: Number(count) }, (_, n) => n);
await Promise.all(
  Array.from({ length: startsAtOnce }, async () => {
    for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) await start(n);
  }),
);
console.log("ready");
process.stdin.resume();
await new Promise((resolve) => process.stdin.once("end", resolve));
await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));

async function start(n: number): Promise<void> {
  const session = await driver.start(lightRequest(root, n), new AbortController().signal);
  sessions.push(session);
  void tell(n, session);
  if (what !== "turns") return;
  const file = path.join(root, "prompt");
  const prompt = { id: `p-${n}`, kind: "task", text: "Begin, please", file, env: {} } as const;
  const receipt = await session.send(prompt);
  if (!receipt.accepted) throw new Error(receipt.why);
}

async function tell(n: number, session: Session): Promise<void> {
  for await (const event of session.events) {
    if (event.type !== "state") continue;
    const at = performance.timeOrigin + performance.now();
    console.log(`${n} ${event.state} ${at}`);
  }
}

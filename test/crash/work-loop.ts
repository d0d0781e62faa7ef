/**
 * A runner over the store at `argv[2]`, named `argv[3]`: claims a task, says `claimed <fence>`,
 * and settles it when it is told `go`, offering the next task of the same chain in the same commit;
 * then says `settled` or `stale`. A task is one number in its chain, and a chain is one stream.
 */

import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Lease } from "../../src/domain/commit.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { type ChainTask, taskOffer } from "./chain.ts";

const [, , path = "", runner = ""] = process.argv;
const lines = createInterface({ input: process.stdin });
// A test that has ended wants no runner any more, whatever it waits for.
lines.on("close", () => process.exit(0));
const orders = lines[Symbol.asyncIterator]();
await using store = await openSqliteStore({ path, clock: systemClock });

for (;;) {
  const lease = await store.claim("work", runner);
  if (lease === null) {
    // No other process can wake us: look again in a moment.
    await systemClock.until(systemClock.now() + 5);
    continue;
  }
  say(`claimed ${lease.fence}`);
  const order = await orders.next();
  if (order.done) break;
  say(await settle(lease));
}

async function settle(lease: Lease): Promise<string> {
  // The queue holds nothing but what `taskOffer` makes.
  const task = lease.data as ChainTask;
  for (;;) {
    const head = (await store.load(task.chain)).length;
    const outcome = await store.commit({
      stream: task.chain,
      expected: head,
      events: [
        { type: "run_stopping", exitCode: 0, why: `done ${task.number}`, at: 0, by: "temoin" },
      ],
      fence: lease,
      settle: true,
      offers: task.number < task.length ? [taskOffer({ ...task, number: task.number + 1 }, 1)] : [],
    });
    if (outcome === "ok") return "settled";
    if (outcome === "stale") return "stale";
  }
}

/** Synchronous: what is printed has happened. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

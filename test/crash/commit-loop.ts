/**
 * Commits to the store at `argv[2]` until it is killed: each time one event and one offer of the
 * same number, which it prints once the commit has resolved.
 */

import { writeSync } from "node:fs";
import { systemClock } from "../../src/lib/clock.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";

const [, , path = ""] = process.argv;
await using store = await openSqliteStore({ path, clock: systemClock });
for (let n = (await store.load("main")).length; ; n += 1) {
  const outcome = await store.commit({
    stream: "main",
    expected: n,
    events: [{ type: "run_stopping", exitCode: 0, why: String(n + 1), at: n, by: "temoin" }],
    offers: [{ queue: "work", id: String(n + 1), priority: 0, data: n + 1 }],
  });
  if (outcome !== "ok") throw new Error(`commit ${n + 1} was ${outcome}`);
  // Synchronous: what is printed has happened, and what has happened before a kill is printed.
  writeSync(1, `${n + 1}\n`);
}

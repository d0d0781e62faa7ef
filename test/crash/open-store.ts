/** Says `ready`, opens the store at `argv[2]` at the first line that it is told, and says `opened`. */

import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { systemClock } from "../../src/lib/clock.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";

const [, , path = ""] = process.argv;
writeSync(1, "ready\n");
const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
await orders.next();
await using _store = await openSqliteStore({ path, clock: systemClock });
writeSync(1, "opened\n");
// Its end is the kill, or the end of the test that started it.
await orders.next();

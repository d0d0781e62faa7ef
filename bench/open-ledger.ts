/**
 * One cold start, in a process of its own: opens the store that its argument names, folds it and
 * decides once. Prints how long that took, in milliseconds, modules loaded before.
 */

import { Ledger } from "../src/control/ledger.ts";
import { decide } from "../src/domain/decide.ts";
import { systemClock } from "../src/lib/clock.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import { timedAsync } from "./measurement.ts";

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: open-ledger.ts STORE");

const { result: store, ms } = await timedAsync(async () => {
  const opened = await openSqliteStore({ path, clock: systemClock });
  const ledger = await Ledger.open({ store: opened, archive: opened, clock: systemClock });
  decide(ledger.state, { from: "control", input: { type: "tick" } }, systemClock.now());
  return opened;
});
await store[Symbol.asyncDispose]();
console.log(ms);

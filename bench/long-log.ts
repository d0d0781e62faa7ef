/**
 * The store of a project with ten thousand tasks in the middle of its run, as the ledger leaves
 * it: the log, and the last snapshot. It is written in one go, not event by event.
 */

import { fold } from "../src/domain/apply.ts";
import type { Event } from "../src/domain/event.ts";
import { foldVersion, writeState } from "../src/domain/state.ts";
import { systemClock } from "../src/lib/clock.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import { drawQueue, fourAgents } from "./queue.ts";
import { VirtualRun } from "./virtual-run.ts";

const stream = "project";

/** The ledger writes a snapshot when so many events have come: the worst is one fewer to fold. */
const eventsAfterSnapshot = 4_999;

/** About a third of the tasks have landed; four are at work. */
export function tenThousandTasks(): readonly Event[] {
  const run = new VirtualRun({
    tasks: drawQueue({ seed: 1, size: 10_000, dependent: 0.7, reach: 200, withRole: 0.2 }),
    agents: fourAgents,
    lengthMs: () => 60_000,
    handoverMs: 100,
    landingMs: 200,
    mostEvents: 30_000,
  });
  run.play();
  return run.events;
}

/** A store file at `path`; with a snapshot that is as old as one gets, or without any. */
export async function writeLongLog(
  path: string,
  events: readonly Event[],
  how: { readonly withSnapshot: boolean },
): Promise<void> {
  await using store = await openSqliteStore({ path, clock: systemClock });
  const outcome = await store.commit({ stream, expected: 0, events });
  if (outcome !== "ok") throw new Error(`the log was not written: ${outcome}`);
  if (!how.withSnapshot) return;
  const seq = events.length - eventsAfterSnapshot;
  const data = writeState(fold(events.slice(0, seq)));
  await store.writeSnapshot(stream, { seq, version: foldVersion, data });
}

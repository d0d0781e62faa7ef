/**
 * A program that keeps a journal as temoin does: opens it, records what is missing since its last
 * row, then the rest of its events, a few at a time, and says `<n>` for each batch on stdout.
 *
 *   node recorder.ts DIRECTORY EVENTS
 */

import { join } from "node:path";
import { apply } from "../../../src/domain/apply.ts";
import { emptyState } from "../../../src/domain/state.ts";
import { openJournal } from "../../../src/journal/markdown-journal.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { story } from "./stage.ts";

const [dir = "", count = "0"] = process.argv.slice(2);
const { events } = story(Number(count));
const state = emptyState();

await using journal = await openJournal({
  logFile: join(dir, "LOG.md"),
  statusFile: join(dir, "STATUS.md"),
  clock: systemClock,
  events: events.length,
  onProblem: (says) => console.error(says),
});

const told = journal.position;
for (const event of events.slice(0, told)) apply(state, event);
for (let at = told; at < events.length; at += 3) {
  const batch = events.slice(at, at + 3);
  for (const event of batch) apply(state, event);
  journal.record(at + 1, batch, state);
  console.log(at + 1);
  // Lets the journal's own loop write, now and then in the middle of the next batch.
  if (at % 2 === 0) await journal.flush();
  else await new Promise(setImmediate);
}
await journal.flush();
console.log("complete");

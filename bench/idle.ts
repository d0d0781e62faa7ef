/**
 * What temoin costs while nothing can be done: a run of a paused project with a task in its queue.
 * Read from /proc, so on Linux only.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Scratch } from "../test/e2e/scratch-project.ts";
import type { Figure, Measurement } from "./measurement.ts";
import { processorMs, type Used } from "./processor.ts";
import { eventsOf, mustEnd, openQuickProject } from "./quick-project.ts";

const windowMs = 10_000;
/** After its start: what was put off until later has been done by then (chosen). */
const settleMs = 3_000;

/** Milliseconds of processor in ten seconds, of the issue. */
const goal = 20;

export const idle: Measurement = {
  name: "idle",
  about: "processor time of a `temoin run` that waits, in 10 s; the project is paused",
  async run(say) {
    await using scratch = await openQuickProject({ tasks: 1, slots: 2, works: "0" });
    await mustEnd(scratch, "pause");
    const child = scratch.startTemoin("run");
    const ended = scratch.ended(child);
    if (child.pid === undefined) throw new Error("temoin could not be started");
    try {
      await untilItRuns(scratch);
      await sleep(settleMs);
      say("looking for 10 s");
      const before = processorMs(child.pid);
      await sleep(windowMs);
      const after = processorMs(child.pid);
      return figures(before, after);
    } finally {
      child.kill("SIGTERM");
      await ended;
    }
  },
};

function figures(before: Used, after: Used): readonly Figure[] {
  const unit = "ms";
  const exact = after.exact - before.exact;
  const ticks = after.ticks - before.ticks;
  return [
    { what: "processor in 10 s, by the scheduler", unit, value: exact, atMost: goal, count: 1 },
    { what: "processor in 10 s, in ticks of 10 ms", unit, value: ticks, atMost: goal, count: 1 },
  ];
}

async function untilItRuns(scratch: Scratch): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const events = await eventsOf(scratch);
    if (events.some((event) => event.type === "run_started")) return;
    await sleep(100);
  }
  throw new Error("temoin did not begin its run within 10 s");
}

/**
 * How long a slot stands idle between two tasks: from the settling of an attempt until the agent of
 * the same slot has its next prompt. All that temoin does in between is in it: the decision, the
 * claim, the workspace, the prompt, starting the agent's process; and beside it, on the same cores,
 * the landing of the attempt that has just settled.
 */

import type { Event } from "../src/domain/event.ts";
import { gitVersion } from "./git-version.ts";
import { type Figure, type Measurement, spread } from "./measurement.ts";
import { eventsOf, mustEnd, openQuickProject } from "./quick-project.ts";

/** The first ones of each slot are warm-up. */
const warmUp = 3;
const tasks = 63;

/** Milliseconds, of the issue. */
const goals = { p50: 100, p95: 150 };

export const turnaround: Measurement = {
  name: "turnaround",
  about: "an attempt has settled → the slot's agent has its next prompt; the gate costs nothing",
  async run(say) {
    const git = await gitVersion();
    say(`${tasks} tasks on one slot, each 0.3 s of work`);
    const one = await measure(1, "0.3");
    say(`${tasks} tasks on two slots, each 0.6 s of work`);
    const two = await measure(2, "0.6");
    return [
      ...figures("one slot", one, goals),
      ...spread({ what: "one slot: of it until its workspace is ready", unit: "ms" }, one.ready),
      ...figures("two slots", two, {}),
      ...git,
    ];
  },
};

interface Handovers {
  /** Until the agent has its prompt. */
  readonly whole: readonly number[];
  /** Until the workspace is prepared. */
  readonly ready: readonly number[];
}

function figures(what: string, handovers: Handovers, own: typeof goals | object) {
  const named = { what: `${what}: settled → next prompt`, unit: "ms" };
  return spread(named, handovers.whole, own) satisfies readonly Figure[];
}

/** What it costs on this machine, now, to start a git that does nothing: five are on the way. */
async function measure(slots: number, works: string): Promise<Handovers> {
  await using scratch = await openQuickProject({ tasks, slots, works });
  await mustEnd(scratch, "run");
  return handoversIn(await eventsOf(scratch));
}

/** By the instants in the log, which are whole milliseconds. */
function handoversIn(events: readonly Event[]): Handovers {
  const whole: number[] = [];
  const ready: number[] = [];
  const slotOf = new Map<string, string>();
  const settledAt = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const event of events) {
    if (event.type === "attempt_offered") slotOf.set(event.task, event.slot);
    if (event.type === "attempt_ended") settledAt.set(slotOf.get(event.task) ?? "", event.at);
    if (event.type !== "attempt_moved") continue;
    const slot = slotOf.get(event.task) ?? "";
    const from = settledAt.get(slot);
    if (from === undefined) continue;
    const before = seen.get(slot) ?? 0;
    if (event.phase === "starting" && before >= warmUp) ready.push(event.at - from);
    if (event.phase !== "working") continue;
    if (before >= warmUp) whole.push(event.at - from);
    seen.set(slot, before + 1);
    settledAt.delete(slot);
  }
  return { whole, ready };
}

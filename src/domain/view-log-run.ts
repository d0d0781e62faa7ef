/** How LOG.md tells what becomes of a run and its slots. */

import { lowDiskText } from "./disk.ts";
import type { Event } from "./event.ts";
import { sleepOf } from "./slot.ts";
import { areGreen, gatesText } from "./view-gates.ts";
import { brokenText, sleepText } from "./view-slot.ts";
import { listText } from "./view-text.ts";
import { setBackText } from "./view-time.ts";

export type RunEvent = Extract<
  Event,
  {
    type:
      | "run_started"
      | "run_stopping"
      | "run_ended"
      | "clock_set_back"
      | "slot_broken"
      | "slot_retried"
      | "slot_limited"
      | "slot_awake"
      | "disk_low"
      | "disk_enough"
      | "goal_checked"
      | "target_checked"
      | "target_red"
      | "target_green";
  }
>;

/** Action, target and status, or `null` for what deserves no row. */
export function tellRun(event: RunEvent): readonly [string, string, string] | null {
  switch (event.type) {
    case "run_started":
      return [
        `run started with ${listText(event.slots.map((slot) => slot.id))}`,
        event.target,
        "🔄 running",
      ];
    case "run_stopping":
      return [`run is stopping: ${event.why}`, "run", "⏳ stopping"];
    case "run_ended":
      return [
        `run ended: ${event.why}`,
        "run",
        event.exitCode === 0 ? "✅ goal met" : `⚠️ exit ${event.exitCode}`,
      ];
    case "clock_set_back":
      return [setBackText(event), "run", "⚠️ clock"];
    case "slot_broken":
      return [brokenText(event), event.slot, "❌ broken"];
    case "slot_retried":
      return ["is tried again", event.slot, "⏳ idle"];
    case "slot_limited":
      return [sleepText(sleepOf(event)), event.slot, "⏳ limited"];
    case "slot_awake":
      return ["is awake: its limit should be over", event.slot, "⏳ idle"];
    case "disk_low":
      return [lowDiskText(event), "disk", "⏳ low"];
    case "disk_enough":
      return ["has room again: attempts begin", "disk", "🔄 enough"];
    case "target_checked":
      // What is green needs no row.
      if (areGreen(event.results)) return null;
      return [
        `gates on the target at ${event.sha.slice(0, 10)}: ${gatesText(event.results)}`,
        "target",
        "❌ red",
      ];
    case "target_red":
      return [
        event.fix === null
          ? "is red; nothing lands until it is green"
          : `is red; nothing lands until ${event.fix} has mended it`,
        "target",
        "❌ red",
      ];
    case "target_green":
      return ["is green again; what waited for it lands", "target", "✅ green"];
    case "goal_checked": {
      // What is looked at after each landing would be a row for each of them.
      if (event.results.length === 0 || event.partial === true) return null;
      const missing = event.results.filter((item) => !item.met);
      return missing.length === 0
        ? ["goal looked at: nothing is missing", "goal", "✅ met"]
        : [
            `goal looked at; missing: ${missing.map((item) => `${item.name} (${item.detail})`).join(", ")}`,
            "goal",
            "⏳ missing",
          ];
    }
  }
}

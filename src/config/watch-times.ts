/** The times of the watch: those that are configured, the usual ones beside them, and their order. */

import { formatDuration } from "../lib/duration.ts";
import { type Config, defaultConfig } from "./config.ts";
import type { Layer } from "./layer.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

export function watchOf(watch: Settings["watch"] = {}): Config["watch"] {
  const usual = defaultConfig.watch;
  return {
    quietMs: watch.quiet ?? usual.quietMs,
    nudgeMs: watch.nudge ?? usual.nudgeMs,
    giveUpMs: watch.giveUp ?? usual.giveUpMs,
    retryingMs: watch.retrying ?? usual.retryingMs,
    turnMs: watch.turn ?? usual.turnMs,
    parkMs: watch.park === undefined ? usual.parkMs : watch.park,
  };
}

/** One rung after the other, whichever of them are left as they usually are. */
export function ladderProblems(
  watch: Settings["watch"],
  layers: readonly Layer[],
): readonly Problem[] {
  const { quietMs, nudgeMs, giveUpMs } = watchOf(watch);
  const rungs = [
    ["quiet", quietMs, "nudge", nudgeMs],
    ["nudge", nudgeMs, "giveUp", giveUpMs],
  ] as const;
  return rungs.flatMap(([name, ms, next, nextMs]) => {
    if (ms <= nextMs) return [];
    // At least one of the two was written by somebody.
    const written = watch?.[name] === undefined ? next : name;
    const layer = layers.find(({ settings }) => settings.watch?.[written] !== undefined);
    const where = layer?.where({ path: ["watch", written], ofKey: false }) ?? "temoin.yaml";
    const says = `\`watch.${name}\` (${formatDuration(ms)}) comes before \`watch.${next}\` (${formatDuration(nextMs)}) and must not be longer; change one of them`;
    return [{ where, says }];
  });
}

/** The bounds of a handoff: those that are configured, the usual ones beside them, and their order. */

import type { HandoffPolicy } from "../domain/handoff.ts";
import { defaultConfig } from "./config.ts";
import type { Layer } from "./layer.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

export function handoffBounds(handoff: Settings["handoff"] = {}): HandoffPolicy {
  const usual = defaultConfig.handoff;
  const { turns, age } = handoff;
  return {
    prepare: handoff.prepare ?? usual.prepare,
    execute: handoff.execute ?? usual.execute,
    compaction: handoff.compaction ?? usual.compaction,
    turns: turns === "none" ? null : (turns ?? usual.turns),
    ageMs: age === "none" ? null : (age ?? usual.ageMs),
  };
}

export function boundsProblems(
  handoff: Settings["handoff"],
  layers: readonly Layer[],
): readonly Problem[] {
  const { prepare, execute } = handoffBounds(handoff);
  if (prepare <= execute) return [];
  // At least one of the two was written by somebody.
  const written = handoff?.prepare === undefined ? "execute" : "prepare";
  const layer = layers.find(({ settings }) => settings.handoff?.[written] !== undefined);
  const where = layer?.where({ path: ["handoff", written], ofKey: false }) ?? "temoin.yaml";
  const says = `\`handoff.prepare\` (${prepare}) comes before \`handoff.execute\` (${execute}) and must not be more; change one of them`;
  return [{ where, says }];
}

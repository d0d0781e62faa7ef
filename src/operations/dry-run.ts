/** Who would do what, in which order: decided for real, and nothing of it done. */

import { z } from "zod";
import { policyOf, slotsOf } from "../config/config.ts";
import { goalName } from "../domain/goal-items.ts";
import { parseSha } from "../domain/id.ts";
import { type Rehearsal, rehearse } from "../domain/rehearse.ts";
import { loadForRun } from "./load-for-run.ts";
import type { Operation } from "./operation.ts";

export interface DryRun extends Rehearsal {
  /** `null`: whatever is checked out. */
  readonly target: string | null;
  readonly gates: readonly { readonly name: string; readonly run: string }[];
  readonly goal: readonly string[];
  /** Agents that cannot be started, and why. */
  readonly missing: readonly { readonly agent: string; readonly says: string }[];
  readonly slots: number;
}

export const dryRun: Operation<{ deadline: string | null }, DryRun> = {
  name: "run --dry-run",
  summary: "who would do what, in which order",
  effect: "look",
  input: z.strictObject({ deadline: z.string().nullable() }),
  async run(context, flags) {
    const loaded = await loadForRun(context, flags);
    const { config } = loaded;
    const missing = await context.missingAgents(loaded);
    const broken = new Map(missing.map(({ agent, says }) => [agent, says]));
    const slots = slotsOf(config).map((slot) => {
      const says = broken.get(slot.agent);
      return says === undefined ? slot : { ...slot, broken: says };
    });
    const targetSha = parseSha("0".repeat(40));
    if (targetSha === null) throw new Error("forty zeros are a git object name");
    const now = context.clock.now();
    const rehearsal = rehearse(
      await context.state(),
      {
        type: "run_started",
        runner: "rehearsal",
        slots,
        policy: policyOf(config, now),
        configHash: loaded.hash,
        target: config.target ?? "HEAD",
        targetSha,
      },
      now,
    );
    return {
      ...rehearsal,
      target: config.target,
      gates: config.gates.map(({ name, run }) => ({ name, run })),
      goal: config.goal.map(goalName),
      missing,
      slots: slots.length,
    };
  },
};

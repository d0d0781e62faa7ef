/** The configuration that a run starts with. */

import type { LoadedConfig } from "../config/load.ts";
import { AppError } from "../lib/app-error.ts";
import type { Context } from "./context.ts";

export interface RunFlags {
  /** A time of day or a date, as `budget.until` takes it; `null`: what is configured. */
  readonly deadline: string | null;
  /** As `budget.cost` and `budget.tokens` take them. */
  readonly maxCost?: string | null;
  readonly maxTokens?: string | null;
}

/** Rejects with an AppError `config` where nothing is configured at all. */
export async function loadForRun(context: Context, flags: RunFlags): Promise<LoadedConfig> {
  const loaded = await context.config({
    ...(flags.deadline === null ? {} : { "budget.until": flags.deadline }),
    ...(isGiven(flags.maxCost) ? { "budget.cost": flags.maxCost } : {}),
    ...(isGiven(flags.maxTokens) ? { "budget.tokens": flags.maxTokens } : {}),
  });
  if (loaded.file === null && loaded.config.agents.length === 0) {
    const { root } = await context.place();
    throw new AppError("config", `There is no temoin.yaml in ${root}: no agent is configured.`, {
      hint: "`temoin init` writes one.",
    });
  }
  return loaded;
}

function isGiven(flag: string | null | undefined): flag is string {
  return flag !== null && flag !== undefined;
}

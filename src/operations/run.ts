/** Works on the project in this process until the goal is met or nothing can go on. */

import type { Context, RunHandle, RunOptions } from "./context.ts";
import { demand } from "./invoke.ts";
import { loadForRun, type RunFlags } from "./load-for-run.ts";

/** Not an `Operation`: what it says comes while it lasts, and it is stopped by signals. */
export async function run(
  context: Context,
  flags: RunFlags,
  options: RunOptions,
): Promise<RunHandle> {
  await demand(context, "host", "run temoin");
  return context.startRun(await loadForRun(context, flags), options);
}

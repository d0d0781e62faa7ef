/** Works on the project in this process until the goal is met or nothing can go on. */

import { AppError } from "../lib/app-error.ts";
import type { Context, RunHandle, RunOptions } from "./context.ts";
import { loadForRun, type RunFlags } from "./load-for-run.ts";

/** Not an `Operation`: what it says comes while it lasts, and it is stopped by signals. */
export async function run(
  context: Context,
  flags: RunFlags,
  options: RunOptions,
): Promise<RunHandle> {
  if (context.caller.role === "worker") {
    throw new AppError("refused", "A worker cannot run temoin: TEMOIN_TOKEN is set.", {
      hint: "It runs already, and has started this agent.",
    });
  }
  return context.startRun(await loadForRun(context, flags), options);
}

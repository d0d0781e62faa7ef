/** The gates by hand, on the working tree as it is. Nothing of it comes into the log. */

import { z } from "zod";
import { AppError } from "../lib/app-error.ts";
import type { GateCheck } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface GatesRun {
  readonly gates: readonly GateCheck[];
  readonly passed: boolean;
}

export const gateRun: Operation<{ names: string[] }, GatesRun> = {
  name: "gate run",
  summary: "run the gates on the working tree as it is",
  effect: "host",
  input: z.strictObject({ names: z.array(someText) }),
  async run(context, { names }, signal) {
    const loaded = await context.config();
    if (loaded.config.gates.length === 0) {
      throw new AppError("not_found", "No gates are configured: nothing can be proven.", {
        hint: "Add `gates:` to temoin.yaml; `temoin init` finds some.",
      });
    }
    const gates = await context.checkGates(loaded, names, signal);
    return { gates, passed: gates.every(({ verdict }) => verdict === "passed") };
  },
};

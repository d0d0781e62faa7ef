/** Works on the project in a process of its own. */

import { z } from "zod";
import { leftLines } from "../domain/view-left.ts";
import type { Holder } from "./context.ts";
import { loadForRun } from "./load-for-run.ts";
import type { Operation } from "./operation.ts";

export interface Up {
  /** `null`: the run was over before it could be seen, its goal met. */
  readonly holder: Holder | null;
  /** What the start has made of that which a killed temoin had left, a line each. */
  readonly left: readonly string[];
}

const text = z.string().nullable();
const input = z.strictObject({ deadline: text, maxCost: text, maxTokens: text });

export const up: Operation<z.infer<typeof input>, Up> = {
  name: "up",
  summary: "work in the background until the goal is met",
  effect: "host",
  input,
  async run(context, flags) {
    // What is wrong with the configuration is told here, not in a log file.
    await loadForRun(context, flags);
    const before = (await context.state()).seq;
    const { deadline, maxCost, maxTokens } = flags;
    const holder = await context.startDaemon([
      ...(deadline === null ? [] : ["--deadline", deadline]),
      ...(maxCost === null ? [] : ["--max-cost", maxCost]),
      ...(maxTokens === null ? [] : ["--max-tokens", maxTokens]),
    ]);
    const left = leftLines(await context.events(before));
    return { holder, left };
  },
};

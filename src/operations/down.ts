/** Asks the temoin that holds the project to stop. */

import { z } from "zod";
import type { Holder } from "./context.ts";
import type { Operation } from "./operation.ts";

export interface Down {
  /** Who has stopped; `null`: nobody ran. */
  readonly stopped: Holder | null;
}

export const down: Operation<{ now: boolean }, Down> = {
  name: "down",
  summary: "stop: agents end their turn first; with --now at once, their work is kept",
  effect: "host",
  input: z.strictObject({ now: z.boolean() }),
  async run(context, { now }) {
    const holder = await context.holder();
    if (holder !== null) await context.stopHolder(now ? "now" : "drain");
    return { stopped: holder };
  },
};

/** The conductor takes its role: the answer to its first call. */

import { z } from "zod";
import type { Operation } from "./operation.ts";

export interface Acknowledged {
  readonly agent: string;
  readonly term: number;
}

export const acknowledge: Operation<Record<never, never>, Acknowledged> = {
  name: "acknowledge",
  summary: "take the role of the conductor (for the conductor)",
  effect: "lead",
  input: z.strictObject({}),
  async run(context) {
    await context.ask({ type: "acknowledge" });
    const { agent, term } = (await context.state()).conductor;
    return { agent: agent ?? "", term };
  },
  tool: {
    says: "Takes the role of the conductor. The first thing that you call in a term: without it the role goes to the next, and nothing else that you ask for is done.",
    output: z.looseObject({ agent: z.string(), term: z.number() }),
    json: (taken) => taken,
  },
};

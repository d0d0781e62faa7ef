/** The conductor records what it has settled, for whoever comes after it. */

import { z } from "zod";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export const decide: Operation<{ text: string }, { readonly recorded: string }> = {
  name: "decide",
  summary: "record what you have settled (for the conductor)",
  effect: "lead",
  input: z.strictObject({
    text: someText.describe("what is settled, and why, in a sentence or two"),
  }),
  async run(context, { text }) {
    await context.ask({ type: "decided", text });
    return { recorded: text };
  },
  tool: {
    says: "Records what you have settled, and why. It stands in the log and is handed to every conductor after you.",
    output: z.looseObject({ recorded: z.string() }),
    json: (told) => told,
  },
};

/** The plan that an agent hands in, to be judged at once and shown to a person later. */

import { z } from "zod";
import type { HandedIn } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

const input = z.strictObject({
  text: someText.describe("the whole plan, as Markdown: one item with a box for each task"),
});

export const draft: Operation<z.infer<typeof input>, HandedIn> = {
  name: "draft",
  summary: "hand in the plan that you were asked for (for agents)",
  effect: "draft",
  input,
  run: (context, { text }) => context.handIn(text),
  tool: {
    says: "Hands in the whole of your plan, as often as you like: the last one counts. Tells at once whether it is complete, and what is missing. Nothing of it is done before a person has accepted it.",
    output: z.looseObject({
      complete: z.boolean(),
      tasks: z.int(),
      findings: z.array(z.string()).describe("what is missing, a line each"),
    }),
    json: (told) => told,
  },
};

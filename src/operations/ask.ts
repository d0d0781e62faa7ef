/** What an agent at work wants to know of a person. */

import { z } from "zod";
import type { AskedByTool } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

const input = z.strictObject({
  question: someText.describe("in one line; all that a person needs to answer it"),
  choices: z.array(someText).max(20).default([]).describe("answers to choose from; may be empty"),
});

export const ask: Operation<z.infer<typeof input>, AskedByTool> = {
  name: "ask",
  summary: "ask a person about the task at hand",
  effect: "report",
  input,
  run: (context, { question, choices }) => context.question({ says: question, choices }),
  tool: {
    says: "Asks a person, and does not wait: `answer` is there at once where the brief has one. Else go on with what does not depend on it; the answer comes as a prompt. It may take hours, and your slot may go to other work meanwhile: what you have done is kept. When nothing is left that you can do, end your turn.",
    output: z.looseObject({
      ask: z.string().describe("as the inbox names it"),
      answer: z.string().nullable().describe("null: a person is asked"),
    }),
    json: (asked) => asked,
  },
};

/** The task that the calling agent has now. */

import { z } from "zod";
import { priorities } from "../domain/task.ts";
import type { OwnTask } from "./context.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { brief, failure } from "./tool-shapes.ts";

const texts = z.array(z.string());
const maybe = z.string().nullable();

const output = z.looseObject({
  id: z.string(),
  title: z.string(),
  priority: z.enum(priorities),
  role: maybe,
  touches: texts.describe("files that it is about, as globs; empty: any"),
  skills: texts.describe("documents to read first"),
  verify: texts.describe("commands that must pass besides the gates"),
  brief,
  attempt: z.int(),
  branch: maybe,
  startedAt: z.string().nullable(),
  red: z
    .array(z.looseObject({ name: z.string(), why: z.string(), failures: z.array(failure) }))
    .describe("gates that are red on this attempt's work as it was checked last"),
  tells: z
    .array(z.looseObject({ at: z.string(), text: z.string() }))
    .describe("words of a person for whoever has the task"),
  earlier: z
    .array(z.looseObject({ n: z.int(), agent: z.string(), outcome: z.string(), why: z.string() }))
    .describe("attempts before this one, and how they ended"),
});

export const ownTask: Operation<Record<string, never>, OwnTask> = {
  name: "tell your task",
  summary: "the task that you have now",
  effect: "report",
  input: noInput,
  run: (context) => context.ownTask(),
  tool: {
    name: "my_task",
    isReadOnly: true,
    says: "The task that you are working on: its brief, what is red, what a person has said, what earlier attempts came to. Call it when you have lost the thread.",
    output,
    json: (task) => task,
  },
};

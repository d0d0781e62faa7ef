/** What tools give back, as schemas. Objects are open: fields may come in later, and none goes. */

import { z } from "zod";
import { outcomes } from "../domain/attempt.ts";
import { priorities, taskStates } from "../domain/task.ts";
import type { Change } from "./change.ts";
import type { Tool } from "./operation.ts";

/** So much of a long text is given to a model (chosen: some ten thousand tokens at most). */
export const mostCharacters = 40_000;

const texts = z.array(z.string());
const maybe = z.string().nullable();
const time = z.iso.datetime();

export const taskLine = z.looseObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(taskStates),
  priority: z.enum(priorities),
  agent: maybe.describe("who has it or had it last; before that whom it is pinned to"),
  role: maybe,
  deps: texts,
  attempts: z.int(),
  outcome: z.enum([...outcomes, "imported", "branch"]).nullable(),
  landed: maybe.describe("the commit on the target"),
  proven: z.boolean().nullable(),
  paused: z.boolean(),
  review: z.boolean().describe("its verified change waits for a person"),
  thin: z.boolean().describe("its brief has too few lines"),
});

export const brief = z.looseObject({
  context: z.string(),
  objective: z.string(),
  files: texts,
  instructions: texts,
  constraints: texts,
  deliverables: texts,
  acceptance: texts,
  tests: texts,
  raw: z.string().describe("the author's own words"),
});

export const evidence = z.looseObject({ at: time, source: z.string(), says: z.string() });

export const failure = z.looseObject({
  file: maybe,
  line: z.int().nullable(),
  test: maybe,
  code: maybe,
  message: z.string(),
});

export const change = z.looseObject({
  changed: z.string().describe("what has changed, in one sentence"),
  tasks: z.array(z.looseObject({ id: z.string(), state: z.enum(taskStates) })),
  warnings: texts,
  next: z.string(),
});

/** Of a verb that alters the queue. */
export function changeTool(says: string): Tool<Change> {
  return { says, output: change, json: (made) => made };
}

/** The beginning or the end of what is too long, and whether something was left away. */
export function cutText(
  text: string,
  keep: "beginning" | "end" = "beginning",
): { readonly text: string; readonly cut: boolean } {
  if (text.length <= mostCharacters) return { text, cut: false };
  const part = keep === "end" ? text.slice(-mostCharacters) : text.slice(0, mostCharacters);
  return { text: part, cut: true };
}

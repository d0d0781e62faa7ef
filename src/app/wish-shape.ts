/**
 * What a wish looks like that an agent may bring. Whoever has its token can speak at the socket
 * without `temoin`, and what the log has taken in every later start reads: nothing comes in there
 * that the verbs would not have made.
 */

import { z } from "zod";
import { parseAgentName, parseTaskId } from "../domain/id.ts";
import type { Wish } from "../domain/rights.ts";
import { priorities } from "../domain/task.ts";
import { AppError } from "../lib/app-error.ts";

const taskId = z.string().refine((text) => parseTaskId(text) !== null, {
  error: "is no id of a task",
});
const agentName = z.string().refine((text) => parseAgentName(text) !== null, {
  error: "is no name of an agent",
});
const texts = z.array(z.string());

/** What temoin alone says of a task is none of it: its goal, what it mends, of what it is a part. */
const fields = {
  aliases: texts,
  title: z.string(),
  priority: z.enum(priorities),
  agent: agentName.nullable(),
  role: z.string().nullable(),
  deps: z.array(taskId),
  skills: texts,
  phase: z.string().nullable(),
  estimate: z.string().nullable(),
  touches: texts,
  learnt: texts.optional(),
  answers: texts.optional(),
  verify: texts,
  brief: z.string(),
  briefLines: z.int().min(0),
};

const source = z.strictObject({ file: z.string(), line: z.int() });
const spec = z.strictObject({ id: taskId, ...fields, source: source.nullable() });
/** Of what comes in by these nothing is done already, nor blocked. */
const drafts = z.array(z.strictObject({ spec, start: z.literal("open") }));

const answer = z.union([
  z.strictObject({ choice: z.string() }),
  z.strictObject({ text: z.string() }),
]);

const shapes: Readonly<Partial<Record<Wish["type"], z.ZodType>>> = {
  add: z.strictObject({ type: z.literal("add"), tasks: drafts }),
  edit: z.strictObject({
    type: z.literal("edit"),
    id: taskId,
    changes: z.strictObject(fields).partial(),
  }),
  split: z.strictObject({ type: z.literal("split"), id: taskId, into: drafts }),
  cancel: z.strictObject({ type: z.literal("cancel"), id: taskId }),
  retry: z.strictObject({ type: z.literal("retry"), id: taskId }),
  tell: z.strictObject({
    type: z.literal("tell"),
    id: taskId,
    tellId: z.string().regex(/^\S+\/tell\/\d+-\d+$/, { error: "is no name of what was told" }),
    text: z.string(),
  }),
  answer: z.strictObject({ type: z.literal("answer"), ask: z.string(), answer }),
  acknowledge: z.strictObject({ type: z.literal("acknowledge") }),
  decided: z.strictObject({ type: z.literal("decided"), text: z.string() }),
  leave_words: z.strictObject({ type: z.literal("leave_words"), text: z.string() }),
};

/** Rejects with an AppError `usage` for what no verb would have asked. */
export function requireShape(input: Wish): void {
  const shape = shapes[input.type];
  const parsed = shape?.safeParse(input);
  if (parsed === undefined || parsed.success) return;
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  throw new AppError(
    "usage",
    `This ${input.type} was not understood: ${where}${first?.message ?? "it has another form"}`,
    {
      hint: `\`temoin help ${input.type}\` shows how it is asked. Are both sides the same version?`,
    },
  );
}

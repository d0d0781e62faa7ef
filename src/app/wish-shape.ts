/**
 * What a wish looks like, whoever brings it. Who can reach the socket can speak there without
 * `temoin`, and what the log has taken in every later start reads: nothing comes in there that the
 * verbs would not have made.
 */

import { z } from "zod";
import { parseAgentName, parseTaskId } from "../domain/id.ts";
import type { Wish } from "../domain/rights.ts";
import { priorities } from "../domain/task.ts";
import { oneLine } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { inputProblem } from "../operations/input-problem.ts";

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
const changes = z.strictObject(fields).partial();
/** Of what comes in by these nothing is done already, nor blocked. */
const drafts = z.array(z.strictObject({ spec, start: z.literal("open") }));
/** A plan tells also what is done, and what waits for a person. */
const planned = z.array(
  z.strictObject({ spec, start: z.enum(["open", "needs_human", "imported"]) }),
);
const phases = z.array(
  z.strictObject({ name: z.string(), tasks: z.array(taskId), criteria: texts }),
);
/** What a plan asks for beside its tasks; all other lines are temoin's. */
const criteria = z.array(
  z.strictObject({
    key: z.string(),
    kind: z.enum(["criterion", "proposal"]),
    task: z.null(),
    says: z.string(),
    next: z.string(),
  }),
);

const answer = z.union([
  z.strictObject({ choice: z.string() }),
  z.strictObject({ text: z.string() }),
]);

const tellId = z.string().regex(/^\S+\/tell\/\d+-\d+$/, { error: "is no name of what was told" });

function ofTask<T extends Wish["type"]>(type: T) {
  return z.strictObject({ type: z.literal(type), id: taskId });
}

const shapes: Readonly<Record<Wish["type"], z.ZodType>> = {
  add: z.strictObject({ type: z.literal("add"), tasks: drafts }),
  import: z.strictObject({
    type: z.literal("import"),
    file: z.string(),
    add: planned,
    edit: z.array(z.strictObject({ id: taskId, changes })),
    phases,
    inbox: criteria,
  }),
  edit: ofTask("edit").extend({ changes }),
  split: ofTask("split").extend({ into: drafts }),
  cancel: ofTask("cancel"),
  retry: ofTask("retry"),
  skip: ofTask("skip"),
  land: ofTask("land"),
  assign: ofTask("assign").extend({ agent: agentName }),
  hand_off: ofTask("hand_off").extend({ to: agentName.nullable() }),
  tell: ofTask("tell").extend({ tellId, text: z.string() }),
  reject: ofTask("reject").extend({ tellId, text: z.string() }),
  revert: ofTask("revert").extend({ reason: z.string() }),
  pause: z.strictObject({ type: z.literal("pause"), id: taskId.nullable() }),
  resume: z.strictObject({ type: z.literal("resume"), id: taskId.nullable() }),
  move_role: z.strictObject({ type: z.literal("move_role"), to: agentName.nullable() }),
  clear_inbox: z.strictObject({ type: z.literal("clear_inbox"), key: z.string() }),
  answer: z.strictObject({ type: z.literal("answer"), ask: z.string(), answer }),
  acknowledge: z.strictObject({ type: z.literal("acknowledge") }),
  decided: z.strictObject({ type: z.literal("decided"), text: z.string() }),
  leave_words: z.strictObject({ type: z.literal("leave_words"), text: z.string() }),
};

/** Rejects with an AppError `usage`, which names the field, for what no verb would have asked. */
export function requireShape(input: Wish): void {
  const parsed = shapes[input.type].safeParse(input, { reportInput: true });
  if (parsed.success) return;
  const what = problemsText(parsed.error);
  const command = commands[input.type] ?? input.type;
  throw new AppError("usage", `This ${input.type} was not understood: ${what}.`, {
    hint: `\`temoin help ${command}\` shows how it is asked. Are both sides the same version?`,
  });
}

/** By which a person asks it, where that has another name. */
const commands: Readonly<Partial<Record<Wish["type"], string>>> = {
  reject: "land",
  hand_off: "handoff",
  move_role: "handoff",
  clear_inbox: "inbox",
  decided: "decide",
  leave_words: "report",
};

/** Of many the first ones (chosen). */
const mostProblems = 5;

/** Each with its field; the value seen has to be reported. */
export function problemsText({ issues }: z.ZodError): string {
  const more = issues.length - mostProblems;
  const told = issues.slice(0, mostProblems).map((issue) => oneLine(inputProblem(issue)));
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

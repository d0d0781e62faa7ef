/** Changes a task that nobody works on, and that is not done. */

import { z } from "zod";
import { type Brief, briefFrom, briefLines, briefText } from "../domain/brief.ts";
import { answersOf } from "../domain/brief-answer.ts";
import type { TaskChanges } from "../domain/input.ts";
import { learnScope } from "../domain/learn-scope.ts";
import { taskOf } from "../domain/state.ts";
import type { Task } from "../domain/task.ts";
import { plainWord } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { answerWarnings, thinWarning, withAnswers } from "./add.ts";
import { type Change, standing } from "./change.ts";
import type { Context } from "./context.ts";
import { agentName, orNothing, priority, someText, title } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import type { Operation } from "./operation.ts";
import { changeTool } from "./tool-shapes.ts";
import { warnOfPin } from "./warn-of-pin.ts";

/** What is absent stays as it is; an empty text takes the value away. */
const input = z.strictObject({
  id: someText.describe("a task's id or alias"),
  title: title.optional(),
  body: z.string().optional().describe("another brief, whole"),
  priority: priority.optional(),
  after: z.array(someText).optional(),
  agent: orNothing(agentName).optional(),
  role: orNothing(someText).optional(),
  skills: z.array(someText).optional(),
  touches: z.array(someText).optional(),
  verify: z.array(someText).optional(),
  /** In the place of those that its brief has. */
  answers: z.array(someText).optional(),
});

export type EditInput = z.infer<typeof input>;

export const edit: Operation<EditInput, Change> = {
  name: "edit",
  summary: "change a task that has not started, or has failed",
  effect: "plan",
  input,
  async run(context, { id, after, body, answers, ...fields }) {
    const state = await context.state();
    const before = requireTask(state, id);
    const written = body === undefined ? null : await context.plans.brief(body);
    const brief =
      answers === undefined ? written : await answered(context, before, { written, answers });
    const [hash] = brief === null ? [] : await context.keep([briefText(brief)]);
    const changes: TaskChanges = {
      // Only keys that were given are among them: an absent one would be no `undefined`.
      ...(fields as TaskChanges),
      ...(after === undefined
        ? {}
        : { deps: after.map((name) => requireTask(state, name).spec.id) }),
      ...(brief === null || hash === undefined
        ? {}
        : { brief: hash, briefLines: briefLines(brief), ...ofBriefAnew(brief, before) }),
    };
    if (Object.keys(changes).length === 0) {
      throw new AppError("usage", `Cannot edit ${before.spec.id}: nothing was said to change.`, {
        hint: "`temoin help edit` lists the flags; on a terminal the brief opens in $EDITOR.",
      });
    }
    const decision = await context.ask({ type: "edit", id: before.spec.id, changes });
    const edited = decision.events.find((event) => event.type === "task_edited");
    const task = taskOf(await context.state(), before.spec.id);
    const { agent } = fields;
    const pin = agent === undefined || agent === null ? [] : await warnOfPin(context, agent);
    const what =
      edited?.type === "task_edited"
        ? `${task.spec.id}: ${edited.fields.map(plainField).join(", ")} changed; it is ${plainWord(task.state)}.`
        : `${task.spec.id} is so already; nothing changed.`;
    return {
      changed: what,
      tasks: [standing(task)],
      warnings: [
        ...(brief === null ? [] : thinWarning(task.spec.id, task.spec.briefLines)),
        ...(brief === null ? [] : answerWarnings(task.spec.id, brief)),
        ...pin,
      ],
      next: `temoin show ${task.spec.id}`,
    };
  },
  tool: changeTool(
    "Changes a task that has not started, has failed or waits for a person: its brief, title, priority, dependencies (`after`), role or scope. What is left away stays; an empty text takes a value away. Order is by priority and dependencies.",
  ),
};

/** Another brief may name other files and answers, or none. */
function ofBriefAnew(brief: Brief, { spec }: Task): TaskChanges {
  const learnt = learnScope(brief.files);
  const { answers = [] } = answersOf(brief);
  return {
    ...(learnt.length === 0 && spec.learnt === undefined ? {} : { learnt }),
    ...(answers.length === 0 && spec.answers === undefined ? {} : { answers }),
  };
}

/** The brief with these answers alone. */
async function answered(
  context: Context,
  { spec }: Task,
  { written, answers }: { readonly written: Brief | null; readonly answers: readonly string[] },
): Promise<Brief> {
  const { answers: _before, ...brief } =
    written ?? spec.written ?? briefFrom((await context.text(spec.brief)) ?? "");
  return withAnswers(brief, answers);
}

function plainField(field: string): string {
  if (field === "learnt") return "what it touches, as learnt";
  return field === "briefLines" ? "its length" : field === "deps" ? "dependencies" : field;
}

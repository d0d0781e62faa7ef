/** One more task, written by a person. */

import { z } from "zod";
import {
  type Brief,
  briefLines,
  briefText,
  emptyBrief,
  isThin,
  thinBelowLines,
} from "../domain/brief.ts";
import { answerProblems, answersOf } from "../domain/brief-answer.ts";
import type { TaskId } from "../domain/id.ts";
import { parseTaskId } from "../domain/id.ts";
import { learnScope } from "../domain/learn-scope.ts";
import { findTask, type State, taskOf } from "../domain/state.ts";
import type { TaskSpec } from "../domain/task.ts";
import { plainWord } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { type Change, standing } from "./change.ts";
import type { Context } from "./context.ts";
import { agentName, priority, someText, title } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import type { Operation } from "./operation.ts";
import { placeSkills } from "./place-skills.ts";
import { change } from "./tool-shapes.ts";
import { warnOfPin } from "./warn-of-pin.ts";

const input = z.strictObject({
  title: title.describe("one line"),
  body: z.string().nullable().default(null).describe("the brief, as Markdown with headings"),
  priority: priority.nullable().default(null).describe("null: medium"),
  after: z.array(someText).default([]).describe("ids of the tasks that have to be done first"),
  agent: agentName.nullable().default(null).describe("only this agent may take it"),
  role: someText.nullable().default(null).describe("for agents of this role: feature, tests, docs"),
  skills: z.array(someText).default([]).describe("documents that its agent must read first"),
  touches: z.array(someText).default([]).describe("globs of the files that it is about"),
  verify: z
    .array(someText)
    .default([])
    .describe("commands that must pass besides the gates: a person's to give"),
  answers: z
    .array(someText)
    .default([])
    .describe("what its agent may ask, with the answer: `words: answer`"),
});

export const add: Operation<z.infer<typeof input>, Change & { readonly id: string }> = {
  name: "add",
  summary: "one more task",
  effect: "plan",
  input,
  async run(context, asked) {
    const written = asked.body === null ? emptyBrief : await context.plans.brief(asked.body);
    const brief = withAnswers(written, asked.answers);
    const lines = briefLines(brief);
    const [hash] = await context.keep([briefText(brief)]);
    if (hash === undefined) throw new Error("a kept text has a hash");
    const skills = await placeSkills(context, asked.skills);
    const id = await addUnderFreeId(context, (state, free) => ({
      id: free,
      aliases: [],
      title: asked.title,
      priority: asked.priority ?? "medium",
      agent: asked.agent,
      role: asked.role,
      deps: asked.after.map((name) => requireTask(state, name).spec.id),
      skills: asked.skills.map(skills.pathOf),
      phase: null,
      estimate: null,
      touches: asked.touches,
      ...learntFrom(brief, asked.touches),
      ...answersOf(brief),
      verify: asked.verify,
      brief: hash,
      briefLines: lines,
      source: null,
    }));
    const task = taskOf(await context.state(), id);
    const missing = [...skills.missing.values()].map((says) => `${id}: ${says}.`);
    const pin = asked.agent === null ? [] : await warnOfPin(context, asked.agent);
    return {
      id,
      changed: `${id} is added: ${asked.title}; it is ${plainWord(task.state)}.`,
      tasks: [standing(task)],
      warnings: [...thinWarning(id, lines), ...answerWarnings(id, brief), ...missing, ...pin],
      next: isThin(lines) ? `temoin edit ${id} -f FILE   gives it a brief` : "temoin run",
    };
  },
  tool: {
    says: "Adds a task. Its brief is all that its agent is told: context, objective, files, instructions, constraints, deliverables, acceptance; at least fifteen lines.",
    output: change.extend({ id: z.string() }),
    json: (added) => added,
  },
};

/** Where no scope is given, the files of the brief tell one. */
export function learntFrom(
  brief: Brief,
  touches: readonly string[],
): { readonly learnt?: readonly string[] } {
  const learnt = touches.length > 0 ? [] : learnScope(brief.files);
  return learnt.length > 0 ? { learnt } : {};
}

/** Beside those that stand in it. */
export function withAnswers(brief: Brief, answers: readonly string[]): Brief {
  return answers.length === 0
    ? brief
    : { ...brief, answers: [...(brief.answers ?? []), ...answers] };
}

export function answerWarnings(id: TaskId, brief: Brief): readonly string[] {
  return answerProblems(brief).map((says) => `${id}: ${says}.`);
}

/** A task of few words gets poor work: the golden rule of the documents, told and not enforced. */
export function thinWarning(id: TaskId, lines: number): readonly string[] {
  if (!isThin(lines)) return [];
  return [`The brief of ${id} is thin: ${lines} of at least ${thinBelowLines} lines.`];
}

/** Two who add at the same moment may find the same id free: one of them tries again. */
async function addUnderFreeId(
  context: Context,
  specWith: (state: State, id: TaskId) => TaskSpec,
): Promise<TaskId> {
  for (;;) {
    const state = await context.state();
    const id = nextId(state);
    try {
      await context.ask({ type: "add", tasks: [{ spec: specWith(state, id), start: "open" }] });
      return id;
    } catch (error) {
      const isRefused = error instanceof AppError && error.code === "refused";
      if (!isRefused || findTask(await context.state(), id) === null) throw error;
    }
  }
}

/** One more than the highest number that was ever given. */
function nextId(state: State): TaskId {
  let highest = 0;
  for (const name of state.names.keys()) {
    const number = /^T-(\d{1,9})$/i.exec(name)?.[1];
    if (number !== undefined) highest = Math.max(highest, Number(number));
  }
  const id = parseTaskId(`T-${highest + 1}`);
  if (id === null) throw new Error("T-n is a task id");
  return id;
}

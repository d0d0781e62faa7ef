/** Several tasks in the place of one that is too big. */

import { z } from "zod";
import { type Brief, briefFrom, briefLines, briefText } from "../domain/brief.ts";
import { answersOf } from "../domain/brief-answer.ts";
import { type BlobHash, type TaskId, taskIdFrom } from "../domain/id.ts";
import type { TaskDraft } from "../domain/input.ts";
import { partBrief } from "../domain/parts.ts";
import { type State, taskOf } from "../domain/state.ts";
import type { Task, TaskSpec } from "../domain/task.ts";
import { listText } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Plan, PlannedTask } from "../plans/plan.ts";
import { answerWarnings, learntFrom, thinWarning } from "./add.ts";
import { type Change, standing } from "./change.ts";
import { specOf } from "./compare-plan.ts";
import type { Context } from "./context.ts";
import { someText, title } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import type { Operation } from "./operation.ts";
import { placeSkills } from "./place-skills.ts";
import { PlanNames, type Warning } from "./plan-names.ts";
import { change } from "./tool-shapes.ts";
import { warnOfPin } from "./warn-of-pin.ts";

const input = z
  .strictObject({
    id: someText.describe("a task's id or alias"),
    into: z
      .array(title)
      .default([])
      .describe("titles of the parts, done one after the other; each has the brief of the whole"),
    plan: z
      .string()
      .nullable()
      .default(null)
      .describe("instead: the parts as a Markdown plan, each with its own brief and dependencies"),
  })
  .refine(({ into }) => new Set(into.map((one) => one.trim().toLowerCase())).size === into.length, {
    error: "needs another title for each part",
  })
  .refine(({ into, plan }) => into.length > 0 !== (plan !== null), {
    error: "needs the titles of its parts (`into`), or a plan of them, and not both",
  });

export type Split = Change & { readonly parts: readonly TaskId[] };

export const split: Operation<z.infer<typeof input>, Split> = {
  name: "split",
  summary: "several tasks in the place of one",
  effect: "plan",
  input,
  async run(context, asked) {
    for (;;) {
      const state = await context.state();
      const task = requireTask(state, asked.id);
      const { id } = task.spec;
      const made =
        asked.plan === null
          ? await partsOfTitles(context, { state, task, titles: asked.into })
          : await partsOfPlan(context, { state, task, text: asked.plan });
      const into = made.map(({ draft }) => draft);
      const parts = into.map(({ spec }) => spec.id);
      try {
        await context.ask({ type: "split", id, into });
      } catch (error) {
        // Somebody was faster, and has an id that was free.
        const now = await context.state();
        if (!(error instanceof AppError) || !parts.some((part) => now.tasks.has(part))) throw error;
        continue;
      }
      return tell(context, { id, parts, made });
    }
  },
  tool: {
    says: "Makes several tasks of one that is too big, and cancels it: what depended on it depends on all of them. Not while it is running. Give a plan (`- [ ] T-3-1: Title (touches: src/a/**)`, brief indented below, `(depends on T-3-1)`), or titles alone (`into`). What a part leaves open (role, agent, priority, scope, dependencies) it has from the whole.",
    output: change.extend({ parts: z.array(z.string()) }),
    json: (made) => made,
  },
};

interface Part {
  readonly draft: TaskDraft;
  readonly brief: Brief;
  readonly warnings: readonly string[];
}

async function tell(
  context: Context,
  { id, parts, made }: { id: TaskId; parts: readonly TaskId[]; made: readonly Part[] },
): Promise<Split> {
  const state = await context.state();
  const pins = new Set(made.flatMap(({ draft }) => draft.spec.agent ?? []));
  const unknown = await Promise.all([...pins].map((agent) => warnOfPin(context, agent)));
  return {
    changed: `${id} is now ${listText(parts, 10)}; what depended on it depends on them.`,
    tasks: [id, ...parts].map((one) => standing(taskOf(state, one))),
    warnings: [...made.flatMap(({ warnings }) => warnings), ...unknown.flat()],
    next: `temoin show ${parts[0]}`,
    parts,
  };
}

async function partsOfTitles(
  context: Context,
  { state, task, titles }: { state: State; task: Task; titles: readonly string[] },
): Promise<readonly Part[]> {
  const { spec } = task;
  const brief = spec.written ?? briefFrom((await context.text(spec.brief)) ?? "");
  const whole = { id: spec.id, title: spec.title, brief, parts: titles };
  const briefs = titles.map((_, at) => partBrief(whole, at));
  const hashes = await context.keep(briefs.map(briefText));
  const ids = freeIds(state, spec.id, titles.length);
  return titles.map((words, at) => {
    const own = briefs[at];
    const hash = hashes[at];
    const id = ids[at];
    if (own === undefined || hash === undefined || id === undefined) throw new Error("no brief");
    const before = at === 0 ? undefined : ids[at - 1];
    const part = newPart({ id, title: words, deps: before === undefined ? [] : [before] });
    return partWith({ ...part, brief: hash }, own, []);
  });
}

function partWith(spec: TaskSpec, brief: Brief, missing: readonly string[]): Part {
  const { id } = spec;
  const lines = briefLines(brief);
  const more = { briefLines: lines, ...learntFrom(brief, spec.touches), ...answersOf(brief) };
  const warnings = [...thinWarning(id, lines), ...answerWarnings(id, brief)];
  return {
    draft: { spec: { ...spec, ...more }, start: "open" },
    brief,
    warnings: [...warnings, ...missing],
  };
}

function newPart(known: Pick<TaskSpec, "id" | "title" | "deps">): TaskSpec {
  return {
    ...known,
    aliases: [],
    priority: "medium",
    agent: null,
    role: null,
    skills: [],
    phase: null,
    estimate: null,
    touches: [],
    verify: [],
    brief: "" as BlobHash, // Set by whoever has kept the brief.
    briefLines: 0,
    source: null,
  };
}

async function partsOfPlan(
  context: Context,
  { state, task, text }: { state: State; task: Task; text: string },
): Promise<readonly Part[]> {
  const { id } = task.spec;
  // By the name of the plan those of its tasks are counted that have no id: `T-3-1`.
  const plan = await context.plans.read(id, Buffer.from(text));
  if (plan.tasks.length === 0) {
    const hint = plan.warnings[0]?.says ?? "Write each part as `- [ ] ID: Title`.";
    throw new AppError("usage", `Cannot split ${id}: there is no task in the plan.`, { hint });
  }
  const warnings: Warning[] = [];
  // No file has that name: a task of a file `T-3` is none of these parts, whatever its id.
  const file = `\0/${id}`;
  const names = new PlanNames(state, [{ file, plan }], warnings);
  for (const planned of plan.tasks) requireDependencies(names, { id, file, planned, plan, state });
  const skills = await placeSkills(
    context,
    plan.tasks.flatMap((planned) => planned.skills),
  );
  await context.keep(plan.tasks.map(({ brief }) => briefText(brief)));
  return plan.tasks.map((planned) => {
    const spec = specOf(planned, { names, warnings });
    const missing = planned.skills.flatMap((skill) => {
      const says = skills.missing.get(skill);
      return says === undefined ? [] : [`${spec.id}: ${says}.`];
    });
    const placed = planned.skills.map(skills.pathOf);
    return partWith({ ...spec, skills: placed, phase: null }, planned.brief, missing);
  });
}

interface PartPlace {
  readonly id: TaskId;
  readonly file: string;
}

/** Rejects with an AppError for a dependency on nothing. */
function requireDependencies(
  names: PlanNames,
  {
    id,
    file,
    planned,
    plan,
    state,
  }: PartPlace & { planned: PlannedTask; plan: Plan; state: State },
): void {
  const missing = planned.deps.find((dep) => names.find(file, dep) === null);
  if (missing === undefined) return;
  const known = [...plan.tasks.map((one) => one.id), ...state.names.keys()];
  const meant = nearest(missing, known);
  throw new AppError(
    "refused",
    `Cannot split ${id}: ${planned.id} (line ${planned.source.line}) depends on ${missing}, which is no task.`,
    { hint: meant === null ? "Correct the id; `temoin ls` lists them." : `Did you mean ${meant}?` },
  );
}

/** With a number it is an id still. */
const longestStem = 64;

/** `T-3-1`, `T-3-2`, …: those that nobody has. */
function freeIds(state: State, whole: TaskId, count: number): readonly TaskId[] {
  const ids: TaskId[] = [];
  for (let n = 1; ids.length < count; n += 1) {
    const id = taskIdFrom(`${whole.slice(0, longestStem)}-${n}`);
    if (id === null) throw new Error(`${whole}-${n} is the id of a task`);
    if (!state.names.has(id) && !ids.includes(id)) ids.push(id);
  }
  return ids;
}

/** One task with its brief, its attempts and what they rest on. */

import { z } from "zod";
import { outcomes } from "../domain/attempt.ts";
import { type Brief, briefFrom } from "../domain/brief.ts";
import type { Task } from "../domain/task.ts";
import { showJson } from "../domain/view-json.ts";
import { oneTask } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import { findLateWork, type LateWork } from "./late-work.ts";
import type { Operation } from "./operation.ts";
import * as shapes from "./tool-shapes.ts";

const text = z.string();
const maybe = text.nullable();

const gate = z.looseObject({
  name: text,
  verdict: z.enum(["passed", "failed", "errored", "skipped"]),
  exitCode: z.int().nullable(),
  durationMs: z.number(),
  why: text,
  where: z.enum(["workspace", "landing", "target"]),
  round: z.int(),
  failures: z.array(shapes.failure),
});

const attempt = z.looseObject({
  n: z.int(),
  agent: text,
  slot: text,
  because: text,
  phase: text,
  outcome: z.enum(outcomes).nullable(),
  why: maybe,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  evidence: z.array(shapes.evidence),
  reports: z.array(z.looseObject({ kind: text, text, at: text })),
  gates: z.array(gate),
  branch: text,
  head: maybe,
  saved: maybe,
  commits: z.int().nullable(),
  late: z.looseObject({ ref: text, commit: text }).nullable(),
});

const taskShape = shapes.taskLine.omit({ attempts: true }).extend({
  pin: maybe.describe("only this agent may take it"),
  touches: z.array(text),
  verify: z.array(text),
  skills: z.array(text),
  brief: shapes.brief,
  attempts: z.array(attempt),
});

type ShownTask = ReturnType<typeof showJson>["task"];
type ShownAttempt = ShownTask["attempts"][number] & {
  /** What came when its lease was over, and where it is kept; `null`: nothing. */
  readonly late: LateWork | null;
};

export interface Shown {
  readonly json: Omit<ReturnType<typeof showJson>, "task"> & {
    readonly task: Omit<ShownTask, "attempts"> & { readonly attempts: readonly ShownAttempt[] };
  };
  readonly task: Task;
  readonly brief: Brief;
}

export const show: Operation<{ id: string }, Shown> = {
  name: "show",
  summary: "a task: its brief, its attempts, gates and proofs",
  effect: "look",
  input: oneTask,
  async run(context, { id }) {
    const state = await context.state();
    const task = requireTask(state, id);
    const { written, brief: kept } = task.spec;
    const brief = written ?? briefFrom((await context.text(kept)) ?? "");
    const { root } = await context.place();
    const late = await findLateWork(root, state, task);
    const json = showJson(state, task, brief);
    const attempts = json.task.attempts.map((one) => ({ ...one, late: late.get(one.n) ?? null }));
    return { json: { ...json, task: { ...json.task, attempts } }, task, brief };
  },
  tool: {
    says: "One task: its brief, its attempts with their evidence, reports, gates and where the work is.",
    output: z.looseObject({ task: taskShape }),
    json: ({ json }) => ({ task: json.task }),
  },
};

/** One task with its brief, its attempts and what they rest on. */

import { type Brief, briefFrom } from "../domain/brief.ts";
import type { Task } from "../domain/task.ts";
import { showJson } from "../domain/view-json.ts";
import { oneTask } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import type { Operation } from "./operation.ts";

export interface Shown {
  readonly json: ReturnType<typeof showJson>;
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
    return { json: showJson(state, task, brief), task, brief };
  },
};

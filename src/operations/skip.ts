/** Leaves a task out; what depends on it goes on without it. */

import { type Change, changeTask, endsFirst } from "./change.ts";
import { oneTask } from "./fields.ts";
import type { Operation } from "./operation.ts";

export const skip: Operation<{ id: string }, Change> = {
  name: "skip",
  summary: "leave a task out; what depends on it goes on",
  effect: "change",
  input: oneTask,
  run: (context, { id }) =>
    changeTask(context, id, {
      wish: (task) => ({ type: "skip", id: task.spec.id }),
      tell: (task) => ({
        changed: endsFirst(task)
          ? `${task.spec.id} will be skipped as soon as what is at work on it has ended.`
          : `${task.spec.id} is skipped; what depends on it goes on.`,
        next: "temoin ls",
      }),
    }),
};

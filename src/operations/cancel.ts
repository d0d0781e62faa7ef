/** Gives a task up; what depends on it waits, and is listed in the inbox. */

import { type Change, changeTask, endsFirst } from "./change.ts";
import { oneTask } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { changeTool } from "./tool-shapes.ts";

export const cancel: Operation<{ id: string }, Change> = {
  name: "cancel",
  summary: "give a task up; its work so far is kept",
  effect: "plan",
  input: oneTask,
  run: (context, { id }) =>
    changeTask(context, id, {
      wish: (task) => ({ type: "cancel", id: task.spec.id }),
      tell: (task) => ({
        changed: endsFirst(task)
          ? `${task.spec.id} will be cancelled as soon as what is at work on it has ended.`
          : `${task.spec.id} is cancelled.`,
        next: `temoin retry ${task.spec.id}   opens it again`,
      }),
    }),
  tool: changeTool(
    "Gives a task up: its agent is ended, its work so far is kept. What depends on it waits, and is told to a person.",
  ),
};

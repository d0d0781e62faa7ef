/** Opens a task again: its count of attempts starts anew. */

import { plainWord } from "../domain/view-text.ts";
import { type Change, changeTask } from "./change.ts";
import { oneTask } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { changeTool } from "./tool-shapes.ts";

export const retry: Operation<{ id: string }, Change> = {
  name: "retry",
  summary: "open a task again that failed, was given up or waits for you",
  effect: "plan",
  input: oneTask,
  run: (context, { id }) =>
    changeTask(context, id, {
      wish: (task) => ({ type: "retry", id: task.spec.id }),
      tell: (task, before) => ({
        changed: `${task.spec.id} was ${plainWord(before.state)}; now it is ${plainWord(task.state)}.`,
        next: `temoin why ${task.spec.id}`,
      }),
    }),
  tool: changeTool(
    "Opens a task again that failed, was given up or waits for a person, and counts its attempts anew. What waited for a person goes on from its work; all else starts from the target. Change its brief first by `edit` where that was the cause.",
  ),
};

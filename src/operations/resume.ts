/** Takes a pause back. */

import { z } from "zod";
import { plainWord } from "../domain/view-text.ts";
import { type Change, changeTask } from "./change.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export const resume: Operation<{ id: string | null }, Change> = {
  name: "resume",
  summary: "go on after `pause`",
  effect: "change",
  input: z.strictObject({ id: someText.nullable() }),
  async run(context, { id }) {
    if (id === null) {
      await context.ask({ type: "resume", id: null });
      const changed = "The project goes on: work is handed out again.";
      return { changed, tasks: [], warnings: [], next: "temoin status" };
    }
    return changeTask(context, id, {
      wish: (task) => ({ type: "resume", id: task.spec.id }),
      tell: (task) => ({
        changed: `${task.spec.id} is no longer paused; it is ${plainWord(task.state)}.`,
        next: `temoin why ${task.spec.id}`,
      }),
    });
  },
};

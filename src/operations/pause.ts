/** Hands out nothing more: of one task, or of the whole project. What is at work goes on. */

import { z } from "zod";
import { type Change, changeTask } from "./change.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export const pause: Operation<{ id: string | null }, Change> = {
  name: "pause",
  summary: "hand out nothing more, or not this task; what is at work goes on",
  effect: "change",
  input: z.strictObject({ id: someText.nullable() }),
  async run(context, { id }) {
    if (id === null) {
      const wasPaused = (await context.state()).paused;
      await context.ask({ type: "pause", id: null });
      const changed = wasPaused
        ? "The project was paused already."
        : "The project is paused: no new work is handed out.";
      return { changed, tasks: [], warnings: [], next: "temoin resume" };
    }
    return changeTask(context, id, {
      wish: (task) => ({ type: "pause", id: task.spec.id }),
      tell: (task) => ({
        changed: `${task.spec.id} is paused: it is not handed out.`,
        next: `temoin resume ${task.spec.id}`,
      }),
    });
  },
};

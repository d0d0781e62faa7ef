/** Takes a landing back by a new commit, through the merge queue, and opens its task again. */

import { z } from "zod";
import { type Change, changeTask } from "./change.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

interface RevertInput {
  readonly id: string;
  /** For the commit, and for the next agent. */
  readonly reason: string | null;
}

export const revert: Operation<RevertInput, Change> = {
  name: "revert",
  summary: "take a landing back by a new commit, and open its task again",
  effect: "change",
  input: z.strictObject({ id: someText, reason: someText.nullable() }),
  run: (context, { id, reason }) =>
    changeTask(context, id, {
      wish: (task) => ({ type: "revert", id: task.spec.id, reason: reason ?? "" }),
      tell: ({ spec }, before) => {
        const sha = before.state === "done" ? (before.sha ?? "").slice(0, 10) : "";
        return {
          changed: `${spec.id}: its landing ${sha} is taken back when the gates pass without it; then the task is opened again.`,
          next: `temoin why ${spec.id}   (without a run at work: temoin run)`,
        };
      },
    }),
};

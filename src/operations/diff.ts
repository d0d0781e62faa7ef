/** What the last attempt at a task has changed. */

import { landedSha } from "../domain/view-task.ts";
import { AppError } from "../lib/app-error.ts";
import { oneTask } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import type { Operation } from "./operation.ts";

export interface Diff {
  readonly id: string;
  readonly attempt: number;
  readonly commit: string;
  /** As `git diff` prints it. */
  readonly diff: string;
}

export const diff: Operation<{ id: string }, Diff> = {
  name: "diff",
  summary: "what the last attempt at a task has changed",
  effect: "look",
  input: oneTask,
  async run(context, { id }) {
    const task = requireTask(await context.state(), id);
    const attempt = task.attempts.findLast(({ work }) => (work.head ?? work.saved) !== null);
    const commit = landedSha(task) ?? attempt?.work.head ?? attempt?.work.saved ?? null;
    if (commit === null) {
      const hint = `\`temoin show ${task.spec.id}\` tells how it stands.`;
      throw new AppError("not_found", `${task.spec.id} has no work to show yet.`, { hint });
    }
    return {
      id: task.spec.id,
      attempt: attempt?.n ?? 0,
      commit,
      diff: await context.diff(commit),
    };
  },
};

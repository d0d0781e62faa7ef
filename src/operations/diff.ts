/** What the last attempt at a task has changed. */

import { z } from "zod";
import type { CommitSha } from "../domain/id.ts";
import { landedSha } from "../domain/view-task.ts";
import { AppError } from "../lib/app-error.ts";
import type { Context } from "./context.ts";
import { oneTask } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import { askGit } from "./git.ts";
import type { Operation } from "./operation.ts";
import { cutText } from "./tool-shapes.ts";

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
    const landed = landedSha(task);
    const commit = landed ?? attempt?.work.head ?? attempt?.work.saved ?? null;
    if (commit === null) {
      const hint = `\`temoin show ${task.spec.id}\` tells how it stands.`;
      throw new AppError("not_found", `${task.spec.id} has no work to show yet.`, { hint });
    }
    return {
      id: task.spec.id,
      attempt: attempt?.n ?? 0,
      commit,
      diff: landed === null ? await context.diff(commit) : await diffOfLanding(context, landed),
    };
  },
  tool: {
    says: "What the last attempt at a task, or its landing, has changed.",
    output: z.looseObject({
      id: z.string(),
      attempt: z.int(),
      commit: z.string(),
      diff: z.string(),
      cut: z.boolean().describe("the end was left away: git shows all of the commit"),
    }),
    json: ({ diff, ...of }) => {
      const { text, cut } = cutText(diff);
      return { ...of, diff: text, cut };
    },
  },
};

/** What landed has not left the target: its change is that against the target before it. */
async function diffOfLanding(context: Context, sha: CommitSha): Promise<string> {
  const { root } = await context.place();
  const text = await askGit(root, [
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--binary",
    `${sha}^1`,
    sha,
  ]);
  if (text !== null) return text;
  throw new AppError("not_found", `The commit ${sha} is not in this repository.`, {
    hint: "It was landed from another clone; fetch it.",
  });
}

/** Words for the agent that has a task, or for the next one that gets it. */

import { z } from "zod";
import { plainWord } from "../domain/view-text.ts";
import { type Change, changeTask, nextTellId } from "./change.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { changeTool } from "./tool-shapes.ts";

export const tell: Operation<{ id: string; text: string }, Change> = {
  name: "tell",
  summary: "say something to the agent of a task; answers one that waits for you",
  effect: "plan",
  input: z.strictObject({
    id: someText.describe("a task's id or alias"),
    text: someText.describe("your words, as its agent is to read them"),
  }),
  run: (context, { id, text }) =>
    changeTask(context, id, {
      wish: (task) => ({
        type: "tell",
        id: task.spec.id,
        tellId: nextTellId(task, context.clock.now()),
        text,
      }),
      tell: (task, before) => ({
        changed:
          before.state === "needs_human"
            ? `${task.spec.id} has your answer and goes on; it is ${plainWord(task.state)}.`
            : task.state === "running"
              ? `${task.spec.id}: your words go to its agent.`
              : `${task.spec.id}: its next agent gets your words.`,
        next: `temoin show ${task.spec.id}`,
      }),
    }),
  tool: changeTool(
    "Answers a task that is blocked, which waits for words and for nothing else (`inbox` lists it): its next attempt has them and goes on from its work so far. What is asked as `Q-1` is answered by `answer`.",
  ),
};

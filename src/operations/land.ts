/** A person's word on a change that is held for review: it lands, or goes back with what to change. */

import { z } from "zod";
import { plainWord } from "../domain/view-text.ts";
import { type Change, changeTask, nextTellId } from "./change.ts";
import type { Context } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

interface LandInput {
  readonly id: string;
  /** What is wrong with it; `null`: nothing, it may land. */
  readonly reject: string | null;
}

export const land: Operation<LandInput, Change> = {
  name: "land",
  summary: "let a change land that waits for your review, or send it back",
  effect: "change",
  input: z.strictObject({ id: someText, reject: someText.nullable() }),
  run: (context, { id, reject }) =>
    reject === null ? release(context, id) : sendBack(context, { id, text: reject }),
};

function release(context: Context, name: string): Promise<Change> {
  return changeTask(context, name, {
    wish: (task) => ({ type: "land", id: task.spec.id }),
    tell: ({ spec }) => ({
      changed: `${spec.id} is in the merge queue: it is merged and tested anew, then it lands.`,
      next: `temoin why ${spec.id}   (without a run at work: temoin run)`,
    }),
  });
}

function sendBack(
  context: Context,
  { id: name, text }: { readonly id: string; readonly text: string },
): Promise<Change> {
  return changeTask(context, name, {
    wish: (task) => ({
      type: "reject",
      id: task.spec.id,
      tellId: nextTellId(task, context.clock.now()),
      text,
    }),
    tell: (task) => ({
      changed: `${task.spec.id} goes back to its agent with your words; it is ${plainWord(task.state)}.`,
      next: `temoin why ${task.spec.id}   (without a run at work: temoin run)`,
    }),
  });
}

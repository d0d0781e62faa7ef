/** What a thread of an earlier temoin holds: the turn of the prompt that it was given last. Pure. */

import { z } from "zod";
import { type Turn, turn } from "./translate.ts";

const item = z.object({
  type: z.string(),
  /** The prompt that a user's message was given as. */
  clientId: z.string().nullish(),
});
const resumed = z.object({
  thread: z.object({ turns: z.array(turn.extend({ items: z.array(item.loose()) })) }),
});

export interface Left {
  readonly hasTurns: boolean;
  /** With what was done in it; `null`: codex never had the prompt. */
  readonly ours: LeftTurn | null;
  /** A turn that runs and is a person's; `null`: none does. */
  readonly other: Turn | null;
}

export interface LeftTurn extends Turn {
  readonly isRunning: boolean;
  readonly items: readonly unknown[];
}

const running = "inProgress";

/** `null`: it is no answer to `thread/resume` that we can read. */
export function readLeft(result: unknown, promptId: string): Left | null {
  const { data } = resumed.safeParse(result);
  if (data === undefined) return null;
  const { turns } = data.thread;
  const ours = turns.findLast(({ items }) =>
    items.some((each) => each.type === "userMessage" && each.clientId === promptId),
  );
  const last = turns.at(-1);
  return {
    hasTurns: turns.length > 0,
    ours: ours === undefined ? null : { ...ours, isRunning: ours.status === running },
    other: last !== undefined && last !== ours && last.status === running ? last : null,
  };
}

/**
 * What is kept with a window of the prompt that it was given last, so that a temoin that comes
 * later neither loses it nor gives it twice. Written before the deed that it names.
 */

import { z } from "zod";
import type { Instant } from "../../domain/id.ts";

const schema = z.object({
  id: z.string(),
  at: z.number(),
  /** About to be written; about to be submitted; its turn is over. */
  phase: z.enum(["pasting", "submitted", "over"]),
});

export interface PromptMark {
  readonly id: string;
  readonly at: Instant;
  readonly phase: z.infer<typeof schema>["phase"];
}

/** The name of the pane's option. */
export const promptOption = "prompt";

export function formatMark(mark: PromptMark): string {
  return JSON.stringify(mark);
}

/** `null`: none was kept, or none that can be read, which is one of a window that is not ours. */
export function parseMark(text: string | null): PromptMark | null {
  if (text === null || text === "") return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Somebody has written over it: as if there had been no prompt.
    return null;
  }
}

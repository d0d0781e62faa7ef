/** What the agent that plans is answered: it hands in its draft, and alters nothing. */

import { z } from "zod";
import type { Role } from "../domain/rights.ts";
import { AppError } from "../lib/app-error.ts";
import type { HandedIn } from "../operations/context.ts";

const question = z.discriminatedUnion("verb", [
  z.strictObject({ verb: z.literal("role"), token: z.string() }),
  z.strictObject({ verb: z.literal("draft"), token: z.string(), text: z.string() }),
]);

export interface PlannerParts {
  /** Whoever has another one, or none, is nobody here. */
  readonly token: string;
  readonly onDraft: (text: string) => Promise<HandedIn>;
}

/** Rejects with an AppError when it is refused. */
export async function answerPlanner(
  raw: unknown,
  { token, onDraft }: PlannerParts,
): Promise<Role | HandedIn> {
  const parsed = question.safeParse(raw);
  if (!parsed.success) {
    throw new AppError("refused", "Here only a draft of a plan is heard.", {
      hint: "`temoin draft FILE` hands it in; a person decides on it.",
    });
  }
  const asked = parsed.data;
  if (asked.token !== token) {
    throw new AppError("refused", "This token is not that of the agent that plans.", {
      hint: "The agent that temoin has started has it in TEMOIN_TOKEN.",
    });
  }
  return asked.verb === "role" ? "planner" : onDraft(asked.text);
}

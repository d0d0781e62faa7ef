/** What the conductor itself says in its role, and whether the term in which it speaks still holds it. */

import type { Draft } from "./draft.ts";
import type { RoleInput } from "./input.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { State } from "./state.ts";

/** The change of tasks aside. */
export function decideRole(draft: Draft, input: RoleInput): Refusal | null {
  const { term, agent } = draft.state.conductor;
  if (agent === null) throw new Error("nobody is in office");
  switch (input.type) {
    case "acknowledge":
      if (draft.state.conductor.acknowledgedAt === null) {
        draft.emit({ type: "conductor_acknowledged", term });
      }
      return null;
    case "decided":
      if (input.text.trim() === "") return refuse("usage", "There is nothing to record.", "TEXT");
      draft.emit({ type: "conductor_decided", term, agent, text: input.text });
      return null;
    case "leave_words":
      draft.emit({ type: "conductor_words", term, text: input.text });
      return null;
  }
}

/** Does the term that speaks hold the role? */
export function refuseTerm(state: State, spoken: number): Refusal | null {
  const { term, agent } = state.conductor;
  if (agent !== null && spoken === term) return null;
  const now = agent === null ? "nobody holds the role now" : `term ${term} is ${agent}'s`;
  return refuse(
    "refused",
    `Term ${spoken} of the conductor has ended: ${now}.`,
    "Stop here: your handoff is written from the store, and your successor has it.",
  );
}

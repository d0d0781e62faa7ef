/**
 * The seat of the conductor: a place to read and to speak from, and not to write. It is no slot of
 * the schedule; what is written in its checkout is thrown away before its next call.
 */

import type { AgentSpec } from "./agent.ts";
import type { AskRules } from "./ask-rule.ts";
import type { SlotId } from "./id.ts";

/** No agent's slot has that name: theirs end with a number. */
export const conductorSeat = "conductor" as SlotId;

/** Of whoever drafts a plan: the same kind of place, in no run. */
export const plannerSeat = "plan" as SlotId;

/** What it asks for is settled beforehand, as nobody waits for it: to read, and temoin's own verbs. */
const seatRules: AskRules = {
  allow: [
    { kind: "command", pattern: "temoin *" },
    { kind: "tool", pattern: "*temoin*" },
    { kind: "read", glob: "**" },
  ],
  deny: [{ kind: "edit", glob: "**" }],
};

/** The agent as it sits there. */
export function seated(agent: AgentSpec): AgentSpec {
  const { allow = [], deny = [] } = agent.rules ?? {};
  return {
    ...agent,
    readsOnly: true,
    rules: { allow: [...allow, ...seatRules.allow], deny: [...deny, ...seatRules.deny] },
  };
}

/** `<from>_to_<to>.md`; the first in office follows nobody. */
export function handoffName({
  after,
  agent,
}: {
  readonly after: string | null;
  readonly agent: string;
}): string {
  return `${after ?? "nobody"}_to_${agent}.md`;
}

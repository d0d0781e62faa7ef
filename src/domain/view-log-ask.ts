/** How LOG.md tells what agents ask and what is seen of them. */

import { answerText } from "./ask.ts";
import type { Event } from "./event.ts";

const types = {
  agent_seen: true,
  agent_held: true,
  agent_used: true,
  asked: true,
  answered: true,
  ask_ruled: true,
  answer_refused: true,
  ask_closed: true,
  attempt_resumed: true,
} as const satisfies Partial<Record<Event["type"], true>>;

export type AskEvent = Extract<Event, { readonly type: keyof typeof types }>;

export function isAskEvent(event: Event): event is AskEvent {
  return Object.hasOwn(types, event.type);
}

/** Action, target and status, or `null` for what deserves no row. */
export function tellAsk(event: AskEvent): readonly [string, string, string] | null {
  switch (event.type) {
    // An ask has a row by its line of the inbox; states come and go too often for one.
    case "agent_seen":
    case "agent_held":
    case "agent_used":
    case "asked":
    case "ask_closed":
      return null;
    case "answered": {
      const by = event.brief === undefined ? "" : ` (${event.brief})`;
      const says = `answered ${event.ask}: ${answerText(event.answer)}${by}`;
      return [says, event.task, "🔄 answered"];
    }
    // What is allowed is the usual.
    case "ask_ruled":
      return event.isAllowed ? null : [`${event.says} ${event.why}`, event.task, "🔄 denied"];
    case "answer_refused":
      return [`${event.ask} was not taken: ${event.why}`, event.task, "⚠️ asks again"];
    case "attempt_resumed":
      return [`taken up again: ${event.why}`, event.task, "🔄 running"];
  }
}

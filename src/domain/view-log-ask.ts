/** How LOG.md tells what agents ask and what is seen of them. */

import { answerText } from "./ask.ts";
import type { Event } from "./event.ts";

export type AskEvent = Extract<
  Event,
  {
    type:
      | "agent_seen"
      | "agent_held"
      | "agent_used"
      | "asked"
      | "answered"
      | "ask_ruled"
      | "answer_refused"
      | "ask_closed"
      | "attempt_resumed";
  }
>;

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

export function isAskEvent(event: Event): event is AskEvent {
  switch (event.type) {
    case "agent_seen":
    case "agent_held":
    case "agent_used":
    case "asked":
    case "answered":
    case "ask_ruled":
    case "answer_refused":
    case "ask_closed":
    case "attempt_resumed":
      return true;
    default:
      return false;
  }
}

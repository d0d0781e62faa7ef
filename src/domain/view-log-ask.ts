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
    case "answered":
      return [`answered ${event.ask}: ${answerText(event.answer)}`, event.task, "🔄 answered"];
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
    case "answer_refused":
    case "ask_closed":
    case "attempt_resumed":
      return true;
    default:
      return false;
  }
}

/** How LOG.md tells what becomes of the role of the conductor. */

import type { ConductorEvent } from "./conductor-event.ts";
import type { Event } from "./event.ts";
import { listText } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

const types: Readonly<Record<ConductorEvent["type"], true>> = {
  conductor_appointed: true,
  conductor_acknowledged: true,
  conductor_left: true,
  conductor_unfit: true,
  conductor_called: true,
  conductor_call_ended: true,
  conductor_seen: true,
  conductor_words: true,
  conductor_decided: true,
};

export function isConductorEvent(event: Event): event is Extract<Event, ConductorEvent> {
  return Object.hasOwn(types, event.type);
}

/** Action, target and status, or `null` for what deserves no row. */
export function tellConductor(event: ConductorEvent): readonly [string, string, string] | null {
  switch (event.type) {
    case "conductor_appointed": {
      const after = event.after === null ? "" : `, after ${event.after}`;
      return [
        `conductor: ${event.agent}${after}: ${event.why}`,
        termName(event.term),
        "🔄 appointed",
      ];
    }
    case "conductor_acknowledged":
      return ["has taken the role", termName(event.term), "✅ acknowledged"];
    case "conductor_left":
      return [`the role is vacant: ${event.why}`, termName(event.term), "⏳ vacant"];
    case "conductor_unfit": {
      const { why, until } = event.unfit;
      const says = `${event.agent} is passed over as conductor until ${plainTime(until)}: ${why}`;
      return [says, "conductor", "⚠️ passed over"];
    }
    case "conductor_called": {
      const about = listText(event.about.map(({ says }) => says));
      return [`is called to judge: ${about}`, termName(event.term), "🔄 called"];
    }
    case "conductor_call_ended":
      return event.isJudged
        ? [`has judged: ${event.why}`, termName(event.term), "✅ judged"]
        : [`its call came to nothing: ${event.why}`, termName(event.term), "❌ not judged"];
    case "conductor_decided":
      return [`decides: ${event.text}`, termName(event.term), "✅ decided"];
    case "conductor_words":
      return ["has written its handoff", termName(event.term), "🔄 handoff"];
    case "conductor_seen":
      return null;
  }
}

function termName(term: number): string {
  return `conductor, term ${term}`;
}

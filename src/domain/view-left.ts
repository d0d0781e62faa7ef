/** What a start makes of that which a temoin that was killed has left, in a line each. */

import type { Event } from "./event.ts";

/** `events`: those of the start. */
export function leftLines(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => leftLine(event) ?? []);
}

function leftLine(event: Event): string | null {
  switch (event.type) {
    case "attempt_ended": {
      if (!event.byRestart) return null;
      const { head, saved } = event.work;
      const work = head === null && saved === null ? "it had changed nothing" : "its work is saved";
      return `${event.task}: attempt ${event.attempt} was lost as temoin was killed; ${work}, and it is tried again.`;
    }
    case "attempt_resumed":
      return `${event.task}: attempt ${event.attempt} is taken up again; its agent has worked on.`;
    case "landing_lost":
      if (!event.byRestart) return null;
      return `${event.task}: its landing is taken up again.`;
    default:
      return null;
  }
}

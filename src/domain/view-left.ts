/** What a start makes of that which a temoin that was killed has left, in a line each. */

import type { Event } from "./event.ts";

/** `events`: those of the start. */
export function leftLines(events: readonly Event[]): readonly string[] {
  return events.flatMap((event, place) => leftLine(event, events.slice(place + 1)) ?? []);
}

function leftLine(event: Event, after: readonly Event[]): string | null {
  switch (event.type) {
    case "attempt_ended": {
      if (!event.byRestart) return null;
      const { head, saved } = event.work;
      const work = head === null && saved === null ? "it had changed nothing" : "its work is saved";
      const how = event.outcome === "handed_off" ? "cut off" : "lost";
      return `${event.task}: attempt ${event.attempt} was ${how} as temoin was killed; ${work}, and it is ${nextOf(event, after)}.`;
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

/** What was asked of it before the kill is carried out. */
function nextOf(
  { task, outcome, why }: Extract<Event, { readonly type: "attempt_ended" }>,
  after: readonly Event[],
): string {
  for (const event of after) {
    if (event.type === "task_cancelled" && event.task === task) return "cancelled, as was asked";
    if (event.type === "task_skipped" && event.task === task) return "skipped, as was asked";
  }
  return outcome === "handed_off" ? `handed on: ${why}` : "tried again";
}

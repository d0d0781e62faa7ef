/** `budget.until` and `--deadline`: a time of day, or a date with its time. */

import type { Instant } from "../domain/id.ts";

export type Until =
  /** The next time that a clock on the wall shows this, in the zone of this machine. */
  | { readonly kind: "time_of_day"; readonly hour: number; readonly minute: number }
  | { readonly kind: "instant"; readonly at: Instant };

const timeOfDay = /^(\d{1,2}):(\d{2})$/;
const isoDate =
  /^\d{4}-\d{2}-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** `19:00`, `2026-11-21`, `2026-11-21T19:00`, with seconds and a zone if wanted; else `null`. */
export function parseUntil(text: string): Until | null {
  const clock = timeOfDay.exec(text);
  if (clock !== null) {
    const [hour, minute] = [Number(clock[1]), Number(clock[2])];
    return hour < 24 && minute < 60 ? { kind: "time_of_day", hour, minute } : null;
  }
  const date = isoDate.exec(text);
  if (date === null) return null;
  // A date alone would be read as midnight in UTC; people mean their own midnight.
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
  if (Number.isNaN(at) || !dayExists(text.slice(0, 10), Number(date[1]))) return null;
  return { kind: "instant", at };
}

/** The instant that is meant when it is `now`. A date in the past stays in the past. */
export function deadlineAfter(until: Until, now: Instant): Instant {
  if (until.kind === "instant") return until.at;
  const date = new Date(now);
  date.setHours(until.hour, until.minute, 0, 0);
  if (date.getTime() <= now) date.setDate(date.getDate() + 1);
  return date.getTime();
}

/** Dates roll over silently: 30 February is read as 2 March. */
function dayExists(date: string, day: number): boolean {
  return new Date(`${date}T00:00Z`).getUTCDate() === day;
}

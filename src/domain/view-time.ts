/** Instants as text. Machines read ISO 8601 in UTC; people read the same without the letters. */

import type { Instant } from "./id.ts";
import { durationText } from "./view-duration.ts";

/** `2026-11-02T12:05:01.250Z`; `null` stays `null`. */
export function isoTime<T extends Instant | null>(at: T): T extends null ? null : string;
export function isoTime(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** `2026-11-02 12:05:01Z`: to the second, in UTC. */
export function plainTime(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** `12:05:01`, so many minutes ahead of UTC. */
export function clockTime(at: Instant, offsetMinutes = 0): string {
  return new Date(at + offsetMinutes * 60_000).toISOString().slice(11, 19);
}

/** The clock of the machine was set back by so much. */
export function setBackText({ byMs }: { readonly byMs: number }): string {
  return `the clock was set back by ${durationText(byMs)}; waits go with it`;
}

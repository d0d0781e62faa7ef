/**
 * When a limit is over, out of the words that a CLI has for it: `resets 3pm (Europe/Paris)`, `try
 * again at Nov 21st, 2026 12:43 AM.`, `in 2 hours 5 minutes`, seconds since 1970, a date of ISO 8601.
 *
 * Invariant: never an instant in the past, and none further ahead than any limit known (a week):
 * words that would mean one say nothing.
 */

import { en } from "chrono-node";
import type { Instant } from "../domain/id.ts";

const dayMs = 86_400_000;

/** The longest limit known is a week; a day more for clocks and zones that differ. */
const furthestMs = 8 * dayMs;

/**
 * What is told as a time of day is told to the minute, and is read a moment later: so long after it
 * the words still mean the time that has just passed, and not that of tomorrow (chosen).
 */
const justPassedMs = 5 * 60_000;

/** After these words stands a time, if any does; a number after a wait alone counts seconds. */
const leads =
  /(?<wait>retry[-_ ]?(?:after|delay)|resets?[-_ ](?:in|after)[-_](?:s|secs?|seconds))(?![a-z])|(?:\breset(?:s|ting)?(?:[-_]?at)?|\b(?:try|available|back) again|\bretry(?:ing)?|\bavailable|\bback|\brenews?|\brefresh(?:es)?|\buntil|\bwait)(?![a-z])|\|(?=\d{10})/gi;

/**
 * So many of these words are looked at, and so many characters behind each (chosen): an agent's words may be
 * as long as it likes, and to look for dates in all of them takes the square of that.
 */
const mostLeads = 64;
const longestTail = 160;

/** Between them and the time. */
const filler =
  /^(?:["'`:=,(~∙·|\s]|(?:at|in|on|after|by|for|about|around|approximately|another)\b)*/i;

const units: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|millis)/i, 1],
  [/^s/i, 1_000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^d/i, dayMs],
  [/^w/i, 7 * dayMs],
];
const length =
  /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|millis|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])/i;
const lengths = new RegExp(`^${length.source}(?:[\\s,]*(?:and\\s+)?${length.source})*`, "i");

/** `Europe/Paris`; chrono passes over it in silence. */
const areaCity = /\(?\b([A-Z][A-Za-z]+\/[A-Z][A-Za-z_+\-0-9]*(?:\/[A-Z][A-Za-z_]+)?)\)?/;

/**
 * `clockZone`: of the clock that the CLI reads, as `Europe/Paris`; one that is not known (`TZ` may hold
 * other forms) is taken for the local one. `null`: the words tell no time.
 */
export function readResetTime(text: string, now: Instant, clockZone: string): Instant | null {
  const zone = isZone(clockZone) ? clockZone : localZone();
  const words = text.replace(/\s+/g, " ").trim();
  const places = [...words.matchAll(leads).take(mostLeads)].map((lead) => ({
    tail: words.slice(lead.index + lead[0].length),
    isWait: lead.groups?.["wait"] !== undefined,
  }));
  for (const { tail, isWait } of [...places, { tail: words, isWait: /^\d+$/.test(words) }]) {
    const begin = tail.replace(filler, "").slice(0, longestTail);
    const instant = readTail(begin, isWait, now, zone);
    if (instant === null) continue;
    const aheadMs = instant - now;
    if (aheadMs >= -justPassedMs && aheadMs <= furthestMs) return Math.max(instant, now);
  }
  return null;
}

/** Of this machine. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The time with which the words begin. */
function readTail(tail: string, isWait: boolean, now: Instant, zone: string): Instant | null {
  const number = /^(\d+(?:\.\d+)?)(?![\w:/-]|\.\d| ?[ap]\.?m)/i.exec(tail);
  if (number !== null) {
    const value = Number(number[1]);
    if (value >= 1e12) return Math.round(value);
    if (value >= 1e9) return Math.round(value * 1_000);
    if (isWait) return Math.round(now + value * 1_000);
  }
  const wait = lengths.exec(tail);
  if (wait !== null) return now + lengthMs(wait[0]);
  return readDate(tail, now, zone);
}

function lengthMs(text: string): number {
  let ms = 0;
  for (const [, count, unit = ""] of text.matchAll(new RegExp(length.source, "gi"))) {
    const size = units.find(([name]) => name.test(unit))?.[1] ?? 0;
    ms += Math.round(Number(count) * size);
  }
  return ms;
}

function readDate(tail: string, now: Instant, local: string): Instant | null {
  const named = areaCity.exec(tail)?.[1] ?? null;
  const zone = named !== null && isZone(named) ? named : local;
  const plain = zone === named ? tail.replace(areaCity, " ") : tail;
  const offset = offsetMs(zone, now) / 60_000;
  // What chrono knows by "in" was taken off with the words before it.
  const found = [plain, `in ${plain}`].flatMap((words) =>
    en
      .parse(words, { instant: new Date(now), timezone: offset }, { forwardDate: true })
      .filter((one) => one.index === 0),
  )[0];
  if (found === undefined) return null;
  const { start } = found;
  const own = start.get("timezoneOffset");
  const offsetAt: OffsetAt =
    own !== null && start.isCertain("timezoneOffset")
      ? () => own * 60_000
      : (instant) => offsetMs(zone, instant);
  const part = (name: "year" | "month" | "day" | "hour" | "minute" | "second"): number =>
    start.get(name) ?? 0;
  // Of a day alone, its beginning.
  const time = start.isCertain("hour")
    ? ([part("hour"), part("minute"), part("second")] as const)
    : [];
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), ...time);
  const isTimeOfDay = !start.isCertain("day") && !start.isCertain("weekday");
  // Of a time of day, the next one, wherever chrono has looked for it.
  const walls = isTimeOfDay ? [wall - dayMs, wall, wall + dayMs] : [wall];
  const instants = walls.flatMap((one) => shownAt(one, offsetAt));
  return instants.find((instant) => instant >= now - justPassedMs) ?? null;
}

/** How far a clock is ahead of UTC, in milliseconds. */
type OffsetAt = (instant: Instant) => number;

/** When a clock shows it: once, or twice where an hour comes twice. */
function shownAt(wall: number, offsetAt: OffsetAt): readonly Instant[] {
  const before = wall - offsetAt(wall - dayMs);
  const after = wall - offsetAt(wall + dayMs);
  const shown = [before, after].filter((instant) => instant + offsetAt(instant) === wall);
  // An hour that is left out: as if the clock had not been moved.
  return shown.length === 0 ? [before] : shown;
}

function offsetMs(zone: string, instant: Instant): number {
  const name = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(instant)
    .find((part) => part.type === "timeZoneName")?.value;
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name ?? "") ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -ms : ms;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    // No such zone: then it was something else with a slash.
    return false;
  }
}

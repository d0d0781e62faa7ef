/** Lengths of time as people read them, in one place. Held as milliseconds. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Two units at most: `0.4 s`, `42 s`, `3 min 12 s`, `2 h 5 min`, `1 d 3 h`. */
export function durationText(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 9_950) return `${(length / second).toFixed(1)} s`;
  if (length < minute - second / 2) return `${Math.round(length / second)} s`;
  if (length < hour - second / 2) return inUnits(length, [minute, "min"], [second, "s"]);
  if (length < day - minute / 2) return inUnits(length, [hour, "h"], [minute, "min"]);
  return inUnits(length, [day, "d"], [hour, "h"]);
}

type Unit = readonly [size: number, name: string];

function inUnits(ms: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const count = Math.round(ms / small);
  const perLarge = large / small;
  const rest = count % perLarge;
  const whole = `${Math.floor(count / perLarge)} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

const written = /^(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?$/i;

/** An estimate of a plan where it is a length of time (`30m`, `2h`, `1h30m`), else `null`. */
export function estimateMs(estimate: string | null): number | null {
  const parts = written.exec((estimate ?? "").trim());
  if (parts === null) return null;
  const [, hours, minutes, seconds] = parts;
  const ms =
    Number(hours ?? 0) * hour + Number(minutes ?? 0) * minute + Number(seconds ?? 0) * second;
  return ms > 0 && Number.isSafeInteger(ms) ? ms : null;
}

/** `63 %`; a share of nothing is unknown. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((100 * part) / whole)} %` : "–";
}

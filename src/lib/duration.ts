/** Lengths of time as people write them: `1500ms`, `30s`, `10m`, `2h`, `1h30m`. Held as milliseconds. */

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

const written = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Milliseconds, or `null` for what is no duration: a number without its unit, units out of order,
 * an empty text, or more milliseconds than a number can hold exactly.
 */
export function parseDuration(text: string): number | null {
  const parts = written.exec(text.trim());
  if (parts === null || text.trim() === "") return null;
  let ms = 0;
  for (const [place, [, size]] of units.entries()) ms += Number(parts[place + 1] ?? 0) * size;
  return Number.isSafeInteger(ms) ? ms : null;
}

/** The shortest text that `parseDuration` reads as the same length: `90_000` is `1m30s`. */
export function formatDuration(ms: number): string {
  let left = Math.max(0, Math.round(ms));
  let text = "";
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text === "" ? "0s" : text;
}

/**
 * What of a rendered screen is new, as lines for a log that people follow. Pure.
 *
 * A row that has moved is not new, nor is one in which only digits or a spinner have changed.
 */

/** Frames, spinners, marks and digits: what changes in a row, or stands in it, and says nothing. */
const silent = /[^\p{L}]+/gu;

/**
 * The rows of `after` that are not in `before`, in their order; a row that is there more often than
 * before is new as often. Rows without any letter are never new.
 */
export function newLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Map<string, number>();
  for (const row of before) known.set(keyOf(row), (known.get(keyOf(row)) ?? 0) + 1);
  return after.filter((row) => {
    const key = keyOf(row);
    if (key === "") return false;
    const left = known.get(key) ?? 0;
    if (left > 0) known.set(key, left - 1);
    return left === 0;
  });
}

/** Has anything left the screen at its top? Then what came between is above it. */
export function hasScrolled(before: readonly string[], after: readonly string[]): boolean {
  const row = before.findIndex((line) => keyOf(line) !== "");
  const top = before[row];
  return top !== undefined && keyOf(top) !== keyOf(after[row] ?? "");
}

function keyOf(row: string): string {
  return row.replace(silent, "");
}

/** Frames and the marks before a line: what is left are its words. */
export function wordsOf(row: string): string {
  return row.replace(/^[^\p{L}\p{N}"'(<[{/.#$-]+/u, "").replace(/[\s\u2500-\u257f]+$/u, "");
}

/** The rows above the place to write: what is below are hints. All, where there is none. */
export function contentOf(rows: readonly string[]): readonly string[] {
  const at = rows.findLastIndex((row) => /^\s*[│┃|]?\s*[❯›>](\s|$)/.test(row));
  return at === -1 ? rows : rows.slice(0, at);
}

/** A row that moves while an agent works, or tells which keys there are: no word of the agent. */
export function isLive(row: string): boolean {
  return liveSigns.some((sign) => sign.test(row));
}

const liveSigns: readonly RegExp[] = [
  // A spinner of dots.
  /^\W*[\u2800-\u28ff]/,
  // A mark, a word or two, three dots and a clock.
  /^\s*[^\p{L}\p{N}\s]\s+\p{L}+(\s\p{L}+)?(…|\.\.\.)\s*(\(.*)?$/u,
  // How long it took, by whom.
  /^\W*\p{L}+ for <?(\d+[hms]\s*)+[^\p{L}]*$/u,
  /^\W*\p{L}[^·]*· .* · (\d+(\.\d+)?(ms|s|m|h) ?)+$/u,
  // Keys.
  /\besc\b|\bctrl[+-]|\bshift\+|\? for shortcuts|↑\/↓/i,
];

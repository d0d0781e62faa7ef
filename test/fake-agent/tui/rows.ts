/** How several looks set their rows: hanging indents, both ends of a row, a screen from two ends. */

import { widthOf, wrap } from "./cells.ts";

/** Wrapped; the rows after the first stand below its text. */
export function hang(text: string, cols: number, prefix: string): readonly string[] {
  const indent = " ".repeat(widthOf(prefix));
  const rows = wrap(text, cols - indent.length);
  return rows.map((row, n) => (n === 0 ? prefix : indent) + row);
}

/** One at the left and one at the right end of a row, as far as there is room for both. */
export function spread(left: string, right: string, cols: number): string {
  const gap = cols - widthOf(plainOf(left)) - widthOf(plainOf(right));
  return gap > 0 ? left + " ".repeat(gap) + right : left;
}

/** A whole screen: the transcript from the top, or its end where it is too long, and the bottom. */
export function fill(
  above: readonly string[],
  bottom: readonly string[],
  rows: number,
): readonly string[] {
  const room = Math.max(0, rows - bottom.length);
  const shown = above.slice(-room);
  const gap = Array.from({ length: room - shown.length }, () => "");
  return [...shown, ...gap, ...bottom].slice(-rows);
}

export function pick(list: readonly string[], n: number): string {
  return list[Math.abs(Math.floor(n)) % list.length] ?? "";
}

/** `3s`, `2m 33s`. */
export function durationOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
}

/** Without the sequences of `style.ts`. */
export function plainOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is taken out.
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

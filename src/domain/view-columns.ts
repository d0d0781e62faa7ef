/**
 * Text measured in the cells of a terminal, and rows as aligned columns. Whatever is in a row stays
 * on its line: it is cut, never wrapped.
 */

import { oneLine } from "./view-text.ts";

/** A cell holds no more than this, however much there is to say. */
const longestCell = 200;

/** Joined to the letter before them: accents, variation selectors, joiners. */
const noCell = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/**
 * Two cells in every terminal that follows UAX #11, and in most for pictures. Where terminals differ
 * the larger number is right here: a line may be too short, never too long.
 */
const twoCells =
  /^[\p{Emoji_Presentation}\p{Extended_Pictographic}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u;

export function cellsOf(text: string): number {
  let cells = 0;
  for (const letter of text) cells += letterCells(letter);
  return cells;
}

/** At most so many cells; what is cut ends with `…`. */
export function cutCells(text: string, cells: number): string {
  if (text.length * 2 <= cells || cellsOf(text) <= cells) return text;
  let kept = "";
  let used = 1;
  for (const letter of text) {
    used += letterCells(letter);
    if (used > cells) break;
    kept += letter;
  }
  return cells < 1 ? "" : `${kept}…`;
}

export function padCells(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - cellsOf(text)));
}

/** The last column takes what is left of `width`; `null`: lines may be long. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly string[] {
  const plain = rows.map((row) => row.map((cell) => oneLine(cell, longestCell)));
  const widths: number[] = [];
  for (const row of plain) {
    for (const [place, cell] of row.entries()) {
      widths[place] = Math.max(widths[place] ?? 0, cellsOf(cell));
    }
  }
  return plain.map((row) => {
    const cells = row.map((cell, place) => padCells(cell, widths[place] ?? 0));
    const text = cells.join("  ").trimEnd();
    return width === null ? text : cutCells(text, Math.max(1, width));
  });
}

function letterCells(letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  // The plain letters of Europe, which most text is made of.
  if (code < 0x300 && code !== 0xa9 && code !== 0xae && code !== 0xad) return 1;
  if (noCell.test(letter)) return 0;
  return twoCells.test(letter) ? 2 : 1;
}

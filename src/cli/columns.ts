/** Rows as aligned columns; whatever is in them stays on its line. */

import { oneLine } from "../domain/view-text.ts";

/** The last column takes what is left of `width`; `null`: lines may be long. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly string[] {
  const plain = rows.map((row) => row.map((cell) => oneLine(cell, 200)));
  const widths: number[] = [];
  for (const row of plain) {
    for (const [place, cell] of row.entries()) {
      widths[place] = Math.max(widths[place] ?? 0, cell.length);
    }
  }
  return plain.map((row) => {
    const text = row.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join("  ");
    return width === null ? text.trimEnd() : oneLineOf(text.trimEnd(), width);
  });
}

function oneLineOf(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

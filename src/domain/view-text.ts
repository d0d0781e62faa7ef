/**
 * Any words made fit for one line of a terminal or one cell of a Markdown table: nothing that was
 * written by an agent or a plan can end the line, leave the cell, colour the screen or forge one of
 * our own marks.
 */

/** One line: control and direction characters become spaces; what is too long is cut with `…`. */
export function oneLine(text: string, length = 160): string {
  // Cut first: a megabyte of output must not be searched for the sake of one line.
  const plain = text
    .slice(0, length * 8)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const letters = [...plain];
  if (letters.length <= length && text.length <= length * 8) return plain;
  return `${letters.slice(0, length - 1).join("")}…`;
}

/** The words as one cell of a GitHub table: shown as they are, never as markup or HTML. */
export function tableCell(text: string, length = 160): string {
  return oneLine(text, length)
    .replace(/[\\|`*[~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (letter) => `\\${letter}`)
    .replace(/&(?=#?\w+;)/g, "&amp;")
    .replace(/</g, "&lt;");
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => tableCell(cell)).join(" | ")} |`;
}

/** Header, delimiters and rows, one per line. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const dashes = `|${header.map(() => " --- |").join("")}`;
  return [tableRow(header), dashes, ...rows.map(tableRow)];
}

/** Names in a row, at most so many: `a, b, c and 4 more`. */
export function listText(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ");
}

/** `1 task`, `3 tasks`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Vocabulary words as people read them: `gate_failed` → `gate failed`. */
export function plainWord(word: string): string {
  return word.replaceAll("_", " ");
}

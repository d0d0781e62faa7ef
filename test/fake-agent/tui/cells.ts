/**
 * Text on a grid of cells: how wide it is, wrapped and cut to a width. Near enough for what agents
 * print; the exact tables of a terminal are not repeated here.
 */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** East Asian scripts, full-width forms and pictures take two cells. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ascii = /^[ -~]*$/;

export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += cellsOf(segment);
  return width;
}

/** At least one line; words are cut only where they are longer than a line. */
export function wrap(text: string, cols: number): readonly string[] {
  return text.split("\n").flatMap((line) => wrapLine(line.replaceAll("\t", "    "), cols));
}

/** The beginning that fits. */
export function clip(text: string, cols: number): string {
  if (widthOf(text) <= cols) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += cellsOf(segment);
    if (width > cols) break;
    kept += segment;
  }
  return kept;
}

/** Filled with blanks up to a width. */
export function pad(text: string, cols: number): string {
  return text + " ".repeat(Math.max(0, cols - widthOf(text)));
}

function wrapLine(line: string, cols: number): readonly string[] {
  if (widthOf(line) <= cols) return [line];
  const lines: string[] = [];
  let current = "";
  let width = 0;
  for (const word of line.split(/(?<= )/)) {
    for (const piece of widthOf(word) > cols ? cutUp(word, cols) : [word]) {
      const pieceWidth = widthOf(piece);
      if (width + widthOf(piece.trimEnd()) > cols) {
        lines.push(current.trimEnd());
        current = "";
        width = 0;
      }
      current += piece;
      width += pieceWidth;
    }
  }
  return [...lines, clip(current, cols)];
}

function cutUp(word: string, cols: number): readonly string[] {
  const pieces: string[] = [];
  for (let rest = word; rest !== ""; ) {
    const piece = clip(rest, cols) || rest;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}

function cellsOf(grapheme: string): number {
  const first = grapheme.codePointAt(0) ?? 0;
  if (first < 32 || (first >= 0x7f && first < 0xa0)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

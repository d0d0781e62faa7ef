/**
 * Where the title of a task in a list ends. What people write directly below it, without an empty
 * line between, is one paragraph with it in Markdown; a title that is wrapped looks the same.
 */

import type { Document, Paragraph } from "./blocks.ts";
import { endsWithMarker } from "./markers.ts";

/** Chosen: a title that is wrapped is seldom longer; what is longer is a title and its text. */
const longestWrapped = 120;

export interface ItemTitle {
  readonly title: Paragraph;
  /** The first lines of the task's text; `null`: there are none. */
  readonly below: Paragraph | null;
}

/**
 * A title ends with the first line that ends with a marker or as a sentence does. Where no line
 * but the last does, all is one wrapped title, unless that would be too long: then it is the first
 * line alone.
 */
export function splitItemTitle(paragraph: Paragraph, document: Document): ItemTitle {
  const { lines, span } = paragraph;
  const count = titleLines(lines.map(({ line }) => (document.lines[line - 1] ?? "").trim()));
  const rest = lines.slice(count);
  const [next] = rest;
  if (next === undefined) return { title: paragraph, below: null };
  const text = document.lines[next.line - 1] ?? "";
  const indented = text.length - text.trimStart().length;
  return {
    title: {
      ...paragraph,
      lines: lines.slice(0, count),
      span: { ...span, endLine: next.line - 1 },
    },
    below: {
      ...paragraph,
      lines: rest,
      span: { ...span, line: next.line, column: Math.min(span.column, indented + 1) },
    },
  };
}

function titleLines(lines: readonly string[]): number {
  let length = 0;
  for (const [at, line] of lines.entries()) {
    if (/[.!?:;…]$/u.test(line) || endsWithMarker(line)) return at + 1;
    length += line.length + 1;
    if (length > longestWrapped) return 1;
  }
  return lines.length;
}

/**
 * A parsed document as the readers of plans see it: headings, paragraphs by line, lists, tables
 * and code, each with its place. The parser's own tree is not known outside of `markdown.ts`.
 */

/** Lines are counted from 1 in the whole document, columns too. */
export interface Span {
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
}

/** `**Key**: value` has a key; the text of any line is plain, code spans keep their backticks. */
export interface TextLine {
  readonly key: string | null;
  readonly text: string;
  readonly line: number;
}

export interface Heading {
  readonly kind: "heading";
  readonly depth: number;
  readonly text: string;
  readonly span: Span;
}

export interface Paragraph {
  readonly kind: "paragraph";
  readonly lines: readonly TextLine[];
  /** It holds more than words: emphasis, code, links. */
  readonly hasMarkup: boolean;
  readonly span: Span;
}

export interface Item {
  /** `null`: it has no box. */
  readonly checked: boolean | null;
  readonly blocks: readonly Block[];
  readonly span: Span;
}

export interface List {
  readonly kind: "list";
  readonly items: readonly Item[];
  readonly span: Span;
}

export interface Table {
  readonly kind: "table";
  readonly head: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
  readonly span: Span;
}

export interface Code {
  readonly kind: "code";
  readonly lang: string;
  /** What follows the language on the fence line. */
  readonly meta: string;
  readonly value: string;
  readonly span: Span;
}

export type Block = Heading | Paragraph | List | Table | Code;

export interface Document {
  readonly blocks: readonly Block[];
  readonly lines: readonly string[];
}

/** The whole text of a paragraph, on one line. */
export function plainText(paragraph: Paragraph): string {
  return oneLine(paragraph.lines.map(lineText).join(" "));
}

/** A line with its key, as it would be read aloud. */
export function lineText({ key, text }: TextLine): string {
  return key === null ? text : `${key}: ${text}`.trim();
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The author's own lines of a block, without the indentation of the list that holds it. */
export function sourceOf(document: Document, { line, endLine, column }: Span): string {
  const [first = "", ...rest] = document.lines.slice(line - 1, endLine);
  return [first.slice(column - 1), ...rest.map((text) => dedent(text, column - 1))]
    .join("\n")
    .trimEnd();
}

/** The author's own lines of an item, without its marker and box. */
export function itemSource(document: Document, item: Item): string {
  const text = sourceOf(document, item.span);
  const [marker = ""] = /^(?:[-*+]|\d{1,9}[.)])[ \t]*/.exec(text) ?? [];
  const [first = "", ...rest] = text.slice(marker.length).split("\n");
  const content = [
    first.replace(/^\[[ xX]\][ \t]+/, ""),
    ...rest.map((l) => dedent(l, marker.length)),
  ];
  return content.join("\n").trim();
}

export function dedent(line: string, columns: number): string {
  let end = 0;
  while (end < columns && (line[end] === " " || line[end] === "\t")) end += 1;
  return line.slice(end);
}

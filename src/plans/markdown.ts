/**
 * Text into blocks, by unified and remark. They are loaded at the first call only: most commands
 * of temoin read no plan, and should not wait for a parser.
 */

import type { Block, Document, Item, TextLine } from "./blocks.ts";
import { splitDocument } from "./chunks.ts";
import type { PlanWarning } from "./plan.ts";

/** Parses any text; never throws on content. */
export type ParseMarkdown = (text: string) => ParsedDocument;

export interface ParsedDocument extends Document {
  readonly warnings: readonly PlanWarning[];
}

let loaded: Promise<ParseMarkdown> | null = null;

export function loadMarkdown(): Promise<ParseMarkdown> {
  loaded ??= importParsers().then((parsers) => (text) => parseDocument(parsers, text));
  return loaded;
}

type Parsers = Awaited<ReturnType<typeof importParsers>>;
type Root = ReturnType<Parsers["plain"]>;
type Node = Root["children"][number];
type NodeOf<T extends Node["type"]> = Extract<Node, { readonly type: T }>;
type Inline = NodeOf<"paragraph">["children"][number];

async function importParsers() {
  const [{ unified }, { default: remarkParse }, { default: remarkGfm }, { default: frontmatter }] =
    await Promise.all([
      import("unified"),
      import("remark-parse"),
      import("remark-gfm"),
      import("remark-frontmatter"),
    ]);
  const plain = unified().use(remarkParse).use(remarkGfm).freeze();
  const first = unified().use(remarkParse).use(remarkGfm).use(frontmatter).freeze();
  return {
    plain: (text: string) => plain.parse(text),
    /** For the beginning of a document: `---` opens its front matter. */
    first: (text: string) => first.parse(text),
  };
}

function parseDocument(parsers: Parsers, text: string): ParsedDocument {
  const { chunks, lines, warnings } = splitDocument(text.split("\n"));
  const blocks: Block[] = [];
  for (const { offset, text: piece } of chunks) {
    const root = offset === 0 ? parsers.first(piece) : parsers.plain(piece);
    for (const node of root.children) addBlocks(node, offset, blocks);
  }
  return { blocks, lines, warnings };
}

/** A block quote is read as if it were not quoted; what holds no words of its own is left out. */
function addBlocks(node: Node, offset: number, into: Block[]): void {
  const span = spanOf(node, offset);
  switch (node.type) {
    case "heading":
      into.push({ kind: "heading", depth: node.depth, text: textOf(node.children), span });
      break;
    case "paragraph":
      into.push({
        kind: "paragraph",
        lines: splitLines(node.children, span.line),
        hasMarkup: node.children.some((child) => child.type !== "text"),
        span,
      });
      break;
    case "list":
      into.push({
        kind: "list",
        items: node.children.map((item) => itemOf(item, offset)),
        span,
      });
      break;
    case "table": {
      const [head, ...rows] = node.children.map((row) => ({
        cells: row.children.map((cell) => textOf(cell.children)),
        line: spanOf(row, offset).line,
      }));
      into.push({ kind: "table", head: head?.cells ?? [], rows, span });
      break;
    }
    case "code": {
      const { lang, meta, value } = node;
      into.push({ kind: "code", lang: lang?.toLowerCase() ?? "", meta: meta ?? "", value, span });
      break;
    }
    case "blockquote":
      for (const child of node.children) addBlocks(child, offset, into);
      break;
    default:
      break;
  }
}

function itemOf(item: NodeOf<"list">["children"][number], offset: number): Item {
  const blocks: Block[] = [];
  for (const child of item.children) addBlocks(child, offset, blocks);
  return { checked: item.checked ?? null, blocks, span: spanOf(item, offset) };
}

function spanOf(node: Pick<Node, "position">, offset: number) {
  const { start, end } = node.position ?? { start: { line: 1, column: 1 }, end: { line: 1 } };
  return { line: offset + start.line, endLine: offset + end.line, column: start.column };
}

/** Words without their markup. Code spans keep their backticks: they tell commands from prose. */
function textOf(nodes: readonly Inline[]): string {
  return nodes.map(inlineText).join("").trim();
}

function inlineText(node: Inline): string {
  switch (node.type) {
    case "text":
      return node.value;
    case "inlineCode":
      return `\`${node.value}\``;
    case "html":
      return node.value.startsWith("<!--") ? commentMark : node.value;
    case "break":
      return "\n";
    case "image":
    case "imageReference":
      return node.alt ?? "";
    case "footnoteReference":
      return `[^${node.identifier}]`;
    default:
      return node.children.map(inlineText).join("");
  }
}

/** Stands where a comment was: markers of a task end there (see `markers.ts`). */
export const commentMark = "\u0000";

/** A paragraph line by line; a line that begins with strong words and a colon has a key. */
function splitLines(nodes: readonly Inline[], firstLine: number): readonly TextLine[] {
  const lines: { key: string | null; text: string; line: number }[] = [];
  let current = { key: null as string | null, text: "", line: firstLine };
  let strong: string | null = null;
  lines.push(current);
  for (const node of nodes) {
    const isKey = current.text.trim() === "" && current.key === null && node.type === "strong";
    const text = inlineText(node);
    if (isKey) {
      strong = text.trim();
      if (strong.endsWith(":")) {
        current.key = strong.slice(0, -1).trim();
        strong = null;
      } else current.text = text;
      continue;
    }
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) {
        current = { key: null, text: "", line: current.line + 1 };
        strong = null;
        lines.push(current);
      }
      const colon = strong === null ? null : /^\s*:/.exec(part);
      if (strong !== null && colon !== null) {
        current.key = strong;
        current.text = part.slice(colon[0].length);
      } else current.text += part;
      if (part !== "") strong = null;
    }
  }
  return lines.map(({ key, text, line }) => ({ key, text: text.trim(), line }));
}

/**
 * A document in pieces of about a hundred lines, each parsed by itself: the parser needs a time
 * that grows with the square of the length (measured: 80,000 lines of short sections took 97 s in
 * one piece, 6 s in pieces). A piece never begins inside a fence or a comment, so no code is ever
 * taken for prose. What no person writes and what would keep the parser busy for minutes (lines of
 * megabytes, hundreds of levels, thousands of brackets) is cut in the parser's copy only.
 */

import { dedent } from "./blocks.ts";
import { type Fence, indentOf, repairFences } from "./fences.ts";
import type { PlanWarning } from "./plan.ts";

export interface Chunk {
  /** Line n of `text`, counted from 1, is line `offset + n` of the document. */
  readonly offset: number;
  readonly text: string;
}

export interface Chunks {
  readonly chunks: readonly Chunk[];
  /** The lines of the author to which the places in the chunks belong. */
  readonly lines: readonly string[];
  readonly warnings: readonly PlanWarning[];
}

/** A piece so long ends before a heading, a list or a block, a paragraph, and at last anywhere. */
const headingLines = 40;
const listLines = 100;
const paragraphLines = 400;
const anyLines = 2000;

const maxIndent = 40;
const maxMarkers = 20;
const maxLineLength = 10_000;
const maxBrackets = 2000;
const maxEmphasis = 2000;

const heading = /^#{1,6}(?:[ \t]|$)/;
const bullet = /^[-*+][ \t]/;

export function splitDocument(lines: readonly string[]): Chunks {
  const { lines: repaired, fences } = repairFences(lines);
  const warnings: PlanWarning[] = fences
    .filter((fence) => fence.isOpenEnded)
    .map(({ open }) => ({
      line: open + 1,
      says: "This fence is never closed: everything after it is taken for its content.",
    }));
  const inFence = linesWithin(fences, lines.length);
  const copy = repaired.map((line, index) => {
    if (inFence[index] === 1) return line;
    const cut = cutLine(line);
    if (cut.why !== null) warnings.push({ line: index + 1, says: cut.why });
    return cut.text;
  });
  limitEmphasis(copy, inFence);
  const source = [...lines];
  const chunks = [...findPieces(copy, inFence)].map(({ start, end, tableHead }): Chunk => {
    const indent = start === 0 ? 0 : indentOf(copy[start] ?? "");
    if (indent > 0) {
      warnings.push({ line: start + 1, says: tooLong });
      for (let index = start; index < end; index += 1) {
        source[index] = dedent(source[index] ?? "", indent);
        copy[index] = dedent(copy[index] ?? "", indent);
      }
    }
    const head = tableHead === null ? [] : copy.slice(tableHead, tableHead + 2);
    const text = limitBrackets([...head, ...copy.slice(start, end)].join("\n"));
    return { offset: start - head.length, text };
  });
  return { chunks, lines: source, warnings };
}

const tooLong =
  "The list that holds this line is too long to be read at once: from here on it is read as a new one.";

/** 1: within a fence, its first line not counted: a piece may begin with a fence. */
function linesWithin(fences: readonly Fence[], count: number): Uint8Array {
  const within = new Uint8Array(count);
  for (const { open, close } of fences) within.fill(1, open + 1, close + 1);
  return within;
}

interface Piece {
  /** Indices of lines; the end is not in it. */
  readonly start: number;
  readonly end: number;
  /** Where the table begins in the midst of which it starts: its head is needed again. */
  readonly tableHead: number | null;
}

function* findPieces(lines: readonly string[], inFence: Uint8Array): Generator<Piece> {
  let piece: Omit<Piece, "end"> = { start: 0, tableHead: null };
  let tableHead: number | null = null;
  let inComment = false;
  for (const [index, line] of lines.entries()) {
    if (inFence[index] === 1) continue;
    const size = index - piece.start;
    const before = lines[index - 1] ?? "";
    if (!line.includes("|")) tableHead = null;
    const canEnd: boolean = tableHead === null ? mayBegin(line, before, size) : size >= listLines;
    if (size > 0 && !inComment && canEnd) {
      yield { ...piece, end: index };
      piece = { start: index, tableHead };
    }
    if (before.includes("|") && isDelimiterRow(line)) tableHead = index - 1;
    inComment = staysInComment(line, inComment);
  }
  yield { ...piece, end: lines.length };
}

function mayBegin(line: string, before: string, size: number): boolean {
  if (size >= headingLines && heading.test(line)) return true;
  if (size >= listLines) {
    if (bullet.test(line)) return true;
    if (before.trim() === "" && /^\S/.test(line)) return true;
  }
  return size >= anyLines || (size >= paragraphLines && /^\S/.test(line));
}

/** The line under the head of a table: `|---|:-:|`. */
function isDelimiterRow(line: string): boolean {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.includes("-") && inner.split("|").every((cell) => /^:?-+:?$/.test(cell.trim()));
}

function staysInComment(line: string, inComment: boolean): boolean {
  if (!inComment && !/^ {0,3}<!--/.test(line)) return false;
  return !line.slice(inComment ? 0 : line.indexOf("<!--") + 4).includes("-->");
}

function cutLine(line: string): { readonly text: string; readonly why: string | null } {
  if (line.length > maxLineLength) {
    const why = `This line has ${line.length} characters; the first ${maxLineLength} are read.`;
    return { text: cutMarkers(cutIndent(line.slice(0, maxLineLength))), why };
  }
  const text = cutMarkers(cutIndent(line));
  const why = text === line ? null : `Nesting beyond ${maxMarkers} levels is read as if it ended.`;
  return { text, why };
}

function cutIndent(line: string): string {
  if (indentOf(line) <= maxIndent) return line;
  const text = line.trimStart();
  return text === "" ? "" : " ".repeat(maxIndent) + text;
}

const marker = /[ \t]*(?:[-*+](?=[ \t])|>|\d{1,9}[.)](?=[ \t]))/y;

/** At most `maxMarkers` lists and quotes that begin on one line. */
function cutMarkers(line: string): string {
  let end = 0;
  for (let count = 0; ; count += 1) {
    marker.lastIndex = end;
    const found = marker.exec(line);
    if (found === null) return line;
    if (count === maxMarkers) return `${line.slice(0, end)} …`;
    end = marker.lastIndex;
  }
}

const emphasis = /[*_~]+(?![ \t])/g;

/** Marks of emphasis in one paragraph, or in one row of a table, cost it too: too many are left out. */
function limitEmphasis(copy: string[], inFence: Uint8Array): void {
  let count = 0;
  for (const [index, line] of copy.entries()) {
    if (inFence[index] === 1) continue;
    if (line.trim() === "" || line.includes("|")) count = 0;
    count += line.match(emphasis)?.length ?? 0;
    if (count > maxEmphasis) copy[index] = line.replace(emphasis, "");
  }
}

/** Brackets that could become links cost the square of their number. */
function limitBrackets(text: string): string {
  let count = 0;
  for (const char of text) if (char === "[" || char === "]") count += 1;
  if (count <= maxBrackets) return text;
  let left = maxBrackets;
  return text.replace(/\[[ xX]\](?=[ \t])|[[\]]/g, (found) => {
    if (found.length > 1 || left > 0) {
      left -= 1;
      return found;
    }
    return found === "[" ? "(" : ")";
  });
}

/**
 * Fences of code inside fences of the same length, as people write prompts that show a template.
 * CommonMark closes the outer fence at the first bare inner one, and the rest of the document
 * changes sides. Here such fences are found and made longer, so that the parser sees what the
 * author meant. No line is added or taken away.
 *
 * The rules:
 *  1. A bare fence line, at least as long as the fence that it is in, closes it.
 *  2. A fence line with an info string (` ```bash `) inside an open fence of the same character,
 *     at least as long, opens one more level; its own bare line closes that level.
 *  3. Rule 2 counts only when all levels are closed again within `lookAhead` lines and no more
 *     than `maxDepth` deep. Otherwise the line is content, as CommonMark has it.
 *  4. A fence ends where its list item or block quote ends.
 * A document without a fence line with an info string inside a fence is left as it is.
 */

interface Mark {
  readonly line: number;
  readonly prefix: string;
  readonly char: "`" | "~";
  readonly length: number;
  readonly info: string;
}

export interface Fence {
  /** Indices of lines. `close` is the last line that belongs to it. */
  readonly open: number;
  readonly close: number;
  /** Neither a fence line nor the end of a list item or block quote ends it. */
  readonly isOpenEnded: boolean;
}

/** Chosen: the longest prompt that was met has 60 lines. */
const lookAhead = 2000;
const maxDepth = 8;

const fenceLine =
  /^((?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$/;

/** The fences of the outermost level, and the lines with nested ones made longer. */
export function repairFences(lines: readonly string[]): {
  readonly lines: readonly string[];
  readonly fences: readonly Fence[];
} {
  const marks = findMarks(lines);
  const repaired = [...lines];
  const fences: Fence[] = [];
  let at = 0;
  while (at < marks.length) {
    const opener = marks[at];
    if (opener === undefined) break;
    const end = containerEnd(lines, opener);
    const plain = findPlainClose(marks, at, end);
    const nested = findNestedClose(marks, at, end);
    const closer = nested ?? plain;
    if (nested !== null && nested !== plain) lengthen(repaired, marks.slice(at, nested + 1));
    const closeLine = closer === null ? end - 1 : (marks[closer]?.line ?? end - 1);
    fences.push({
      open: opener.line,
      close: closeLine,
      isOpenEnded: closer === null && end === lines.length,
    });
    at = closer === null ? nextAfter(marks, at, closeLine) : closer + 1;
  }
  return { lines: repaired, fences };
}

function findMarks(lines: readonly string[]): readonly Mark[] {
  const marks: Mark[] = [];
  for (const [line, text] of lines.entries()) {
    if (!text.includes("```") && !text.includes("~~~")) continue;
    const [, prefix = "", run = "", info = ""] = fenceLine.exec(text) ?? [];
    if (run === "") continue;
    const char = run.startsWith("~") ? "~" : "`";
    marks.push({ line, prefix, char, length: run.length, info: info.trim() });
  }
  return marks;
}

function findPlainClose(marks: readonly Mark[], at: number, end: number): number | null {
  const opener = marks[at];
  for (let index = at + 1; index < marks.length; index += 1) {
    const mark = marks[index];
    if (opener === undefined || mark === undefined || mark.line >= end) return null;
    if (closes(mark, opener)) return index;
  }
  return null;
}

function findNestedClose(marks: readonly Mark[], at: number, end: number): number | null {
  const opener = marks[at];
  if (opener === undefined) return null;
  const open = [opener];
  for (let index = at + 1; index < marks.length; index += 1) {
    const mark = marks[index];
    const top = open.at(-1);
    if (mark === undefined || top === undefined) return null;
    if (mark.line >= end || mark.line - opener.line > lookAhead) return null;
    if (closes(mark, top)) open.pop();
    else if (nests(mark, top)) open.push(mark);
    if (open.length === 0) return index;
    if (open.length > maxDepth) return null;
  }
  return null;
}

function closes(mark: Mark, opener: Mark): boolean {
  const isBare = mark.info === "" && !/[-*+\d]/.test(mark.prefix);
  return isBare && mark.char === opener.char && mark.length >= opener.length;
}

function nests(mark: Mark, top: Mark): boolean {
  return mark.info !== "" && mark.char === top.char && mark.length >= top.length;
}

function lengthen(lines: string[], marks: readonly Mark[]): void {
  const [opener, closer] = [marks[0], marks.at(-1)];
  if (opener === undefined || closer === undefined) return;
  const longest = marks.reduce((length, mark) => Math.max(length, mark.length), 0);
  const run = opener.char.repeat(longest + 1);
  lines[opener.line] = `${opener.prefix}${run}${opener.info}`;
  lines[closer.line] = `${closer.prefix}${run}`;
}

/** The index of the first line after the list item or block quote in which the fence stands. */
function containerEnd(lines: readonly string[], { prefix, line }: Mark): number {
  if (prefix.includes(">")) return firstFrom(lines, line, (text) => !/^[ \t]*>/.test(text));
  const offset = /[-*+\d]/.test(prefix) ? prefix.length : itemOffset(lines, line, prefix.length);
  if (offset === 0) return lines.length;
  return firstFrom(lines, line, (text) => text.trim() !== "" && indentOf(text) < offset);
}

function firstFrom(
  lines: readonly string[],
  line: number,
  isOutside: (text: string) => boolean,
): number {
  for (let index = line + 1; index < lines.length; index += 1) {
    if (isOutside(lines[index] ?? "")) return index;
  }
  return lines.length;
}

const listMarker = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/;
/** Chosen: how far above a fence its list item is looked for. */
const lookBack = 300;

/** Where the content of the list item begins that an indented line stands in; 0: in none. */
function itemOffset(lines: readonly string[], line: number, indent: number): number {
  let limit = indent;
  for (let index = line - 1; limit > 0 && index >= Math.max(0, line - lookBack); index -= 1) {
    const text = lines[index] ?? "";
    if (text.trim() === "") continue;
    const offset = listMarker.exec(text)?.[0].length ?? 0;
    if (offset > 0 && offset <= indent && indentOf(text) < limit) return offset;
    limit = Math.min(limit, indentOf(text));
  }
  return 0;
}

export function indentOf(text: string): number {
  let columns = 0;
  for (const char of text) {
    if (char === " ") columns += 1;
    else if (char === "\t") columns += 4 - (columns % 4);
    else return columns;
  }
  return columns;
}

function nextAfter(marks: readonly Mark[], at: number, line: number): number {
  let next = at + 1;
  while ((marks[next]?.line ?? Number.POSITIVE_INFINITY) <= line) next += 1;
  return next;
}

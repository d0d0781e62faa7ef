/** What another brief says otherwise, line by line: a person decides on it. Pure. */

import type { Brief } from "./brief.ts";

/** More than that in a row is told whole, without looking which of its lines has stayed (chosen). */
const mostCompared = 2_000;

/** `- acceptance: an order is kept` and `+ acceptance: an order is kept for a year`, in their order. */
export function briefDifference(before: Brief, after: Brief): readonly string[] {
  const sections = difference(sectionLines(before), sectionLines(after));
  // Words that are in no section are told where nothing else has changed.
  return sections.length > 0 ? sections : difference(linesOf(before.raw), linesOf(after.raw));
}

function sectionLines(brief: Brief): readonly string[] {
  const of = (name: string, texts: readonly string[] = []): readonly string[] =>
    texts.flatMap(linesOf).map((line) => `${name}: ${line}`);
  return [
    ...of("context", [brief.context]),
    ...of("objective", [brief.objective]),
    ...of("files", brief.files),
    ...of("instructions", brief.instructions),
    ...of("constraints", brief.constraints),
    ...of("deliverables", brief.deliverables),
    ...of("acceptance", brief.acceptance),
    ...of("tests", brief.tests),
    ...of("answers", brief.answers),
  ];
}

function linesOf(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function difference(before: readonly string[], after: readonly string[]): readonly string[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start += 1;
  }
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const old = before.slice(start, before.length - end);
  const young = after.slice(start, after.length - end);
  const isLong = old.length > mostCompared || young.length > mostCompared;
  return isLong ? [...old.map(gone), ...young.map(come)] : steps(old, young);
}

/** By the longest row of lines that both have. */
function steps(old: readonly string[], young: readonly string[]): readonly string[] {
  const width = young.length + 1;
  /** How long that row is for what follows both places. */
  const common = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = young.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === young[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const told: string[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < young.length) {
    const mine = old[row];
    const theirs = young[column];
    if (mine !== undefined && mine === theirs) {
      row += 1;
      column += 1;
    } else if (
      mine !== undefined &&
      (theirs === undefined || at(row + 1, column) >= at(row, column + 1))
    ) {
      told.push(gone(mine));
      row += 1;
    } else if (theirs !== undefined) {
      told.push(come(theirs));
      column += 1;
    }
  }
  return told;
}

function gone(line: string): string {
  return `- ${line}`;
}

function come(line: string): string {
  return `+ ${line}`;
}

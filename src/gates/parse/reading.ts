/**
 * What the parsers of a gate's output get and give. A parser is a pure function that never throws:
 * what it does not understand it passes over. Its patterns begin at the begin of a line and have no
 * two repetitions that can share their text, so that it is linear in what a hostile gate may print.
 */

import type { Failure, TestCount } from "../../domain/gate-output.ts";

export interface Output {
  /** Without colours and control characters. */
  readonly text: string;
  /** Of the text, each cut to `longestLine`; in a flood of them the first and the last. */
  readonly lines: readonly string[];
  /** Something between the head and the tail was not kept: sums over the whole are not known. */
  readonly isCut: boolean;
}

export interface Reading {
  readonly failures: readonly Failure[];
  /** `null`: it tells nothing of tests. */
  readonly tests: TestCount | null;
}

/** `null`: this is no output of that tool. */
export type Parser = (output: Output) => Reading | null;

/** Chosen: the longest line with an error that was seen among real outputs has 200 characters. */
const longestLine = 500;
/** Chosen: 1.25 MiB of usual lines are some 16,000; a flood of empty ones would cost seconds. */
const mostLines = { first: 5_000, last: 20_000 };

export function outputOf(text: string, isCut: boolean): Output {
  const all = text.split("\n");
  const isFlood = all.length > mostLines.first + mostLines.last;
  const kept = isFlood ? [...all.slice(0, mostLines.first), ...all.slice(-mostLines.last)] : all;
  return {
    text,
    lines: kept.map((line) => line.slice(0, longestLine).trimEnd()),
    isCut: isCut || isFlood,
  };
}

/** Between the names of groups and that of a test. */
export const within = " > ";

export function failure(found: Partial<Failure> & { readonly message: string }): Failure {
  const { file = null, line = null, test = null, code = null, message } = found;
  return { file, line, test, code, message };
}

export function addCounts(one: TestCount | null, other: TestCount | null): TestCount | null {
  if (one === null || other === null) return one ?? other;
  return {
    ran: one.ran + other.ran,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

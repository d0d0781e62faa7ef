/** The output of `cargo test`: one block for each test program, and one for the tests in comments. */

import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { addCounts, failure, type Output, type Reading } from "./reading.ts";

const blockBegin = /^running \d+ tests?$/;
const blockEnd =
  /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored; (\d+) measured; \d+ filtered out/;
const failed = /^test (.+) \.\.\. (?:FAILED|failed)\b/;
const sectionBegin = /^---- (.+) (?:stdout|stderr) ----$/;
const panic = /^thread '(.+?)' (?:\(\d+\) )?panicked at (.+):(\d+):(\d+):?$/;
/** Before Rust 1.73 the message stood in the same line. */
const oldPanic = /^thread '(.+?)' panicked at '(.*)', (.+):(\d+):(\d+)$/;
const noPanic = /^(note: test did not panic as expected) at (.+):(\d+):(\d+)$/;
const inComments = /^(.+\.\w+) - (?:.+ )?\(line (\d+)\)$/;
const messageEnd = /^(?:note: run with|note: Some details|stack backtrace:|$)/;
const shouldPanic = " - should panic";
const messageLines = 6;

export function readCargoTest({ lines, isCut }: Output): Reading | null {
  let tests: TestCount | null = null;
  let block: string[] | null = null;
  const failures: Failure[] = [];
  for (const line of lines) {
    if (blockBegin.test(line)) {
      if (block !== null) failures.push(...failuresOf(block));
      block = [];
      // A program that crashes has no result.
      tests = addCounts(tests, { ran: 0, failed: 0, skipped: 0 });
      continue;
    }
    const end = blockEnd.exec(line);
    if (end !== null) {
      const [passed = 0, red = 0, ignored = 0, measured = 0] = end.slice(1).map(Number);
      tests = addCounts(tests, { ran: passed + red + measured, failed: red, skipped: ignored });
      failures.push(...failuresOf(block ?? []));
      block = null;
    } else block?.push(line);
  }
  if (block !== null) failures.push(...failuresOf(block));
  if (tests === null) return null;
  return { failures, tests: isCut ? null : tests };
}

function failuresOf(block: readonly string[]): readonly Failure[] {
  const sections = new Map<string, string[]>();
  const names = new Set<string>();
  let section: string[] | null = null;
  for (const line of block) {
    const [, red] = failed.exec(line) ?? [];
    const [, name] = sectionBegin.exec(line) ?? [];
    if (red !== undefined) names.add(withoutEnd(red));
    if (name !== undefined) {
      section = sections.get(name) ?? [];
      sections.set(name, section);
      names.add(name);
    } else if (line === "failures:") section = null;
    else section?.push(line);
  }
  return [...names].map((test) => detail(test, sections.get(test) ?? printedBy(test, block)));
}

function withoutEnd(name: string): string {
  return name.endsWith(shouldPanic) ? name.slice(0, -shouldPanic.length) : name;
}

/** With `--nocapture` there are no sections; the threads have the names of their tests. */
function printedBy(test: string, block: readonly string[]): readonly string[] {
  const at = block.findIndex((line) => panicOf(line)?.test === test);
  return at < 0 ? [] : block.slice(at, at + 1 + messageLines);
}

function detail(test: string, section: readonly string[]): Failure {
  const [, ofComment = null, lineOfComment] = inComments.exec(test) ?? [];
  const own = { test, file: ofComment, line: ofComment === null ? null : Number(lineOfComment) };
  for (const [at, line] of section.entries()) {
    const found = panicOf(line);
    if (found !== null) {
      const { message, file, line: ofPanic } = found;
      const where = ofComment === null ? { test, file, line: ofPanic } : own;
      return failure({ ...where, message: message ?? messageAfter(section, at) });
    }
    const [, says, file, ofNote] = noPanic.exec(line) ?? [];
    if (says !== undefined && file !== undefined) {
      return failure({ test, file, line: Number(ofNote), message: says.slice("note: ".length) });
    }
  }
  const error = section.find((line) => /^(?:Error: |error(?:\[|:))/.test(line));
  const first = error ?? section.find((line) => line !== "");
  return failure({ ...own, message: first ?? "failed" });
}

interface Panic {
  readonly test: string;
  readonly file: string;
  readonly line: number;
  /** `null`: in the lines after it. */
  readonly message: string | null;
}

function panicOf(line: string): Panic | null {
  const [, before, says, from, ofOld] = oldPanic.exec(line) ?? [];
  if (before !== undefined && says !== undefined && from !== undefined) {
    return { test: before, file: from, line: Number(ofOld), message: says };
  }
  const [, test, file, number] = panic.exec(line) ?? [];
  if (test === undefined || file === undefined) return null;
  return { test, file, line: Number(number), message: null };
}

function messageAfter(section: readonly string[], at: number): string {
  const rest = section.slice(at + 1, at + 1 + messageLines);
  const end = rest.findIndex((line) => messageEnd.test(line));
  const said = end < 0 ? rest : rest.slice(0, end);
  return said.length === 0 ? "panicked" : said.join("\n");
}

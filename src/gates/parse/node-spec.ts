/** What node:test prints for people: its sums, and its list of the failing tests. */

import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { firstFrame } from "./frame.ts";
import { addCounts, failure, type Output, type Reading } from "./reading.ts";

const sum = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) (\d{1,9})/;
const listBegin = /^✖ failing tests:$/;
const entry = /^test at (.+):(\d{1,7}):\d{1,7}$/;
const title = /^(✖|⚠) (.*) \([\d.]{1,20}ms\)(?: # .*)?$/;
const messageLines = 6;

export function readNodeSpec({ lines }: Output): Reading | null {
  let tests: TestCount | null = null;
  let told = new Map<string, number>();
  for (const line of lines) {
    const [, word, number] = sum.exec(line) ?? [];
    if (word === undefined) continue;
    told.set(word, Number(number));
    if (word !== "duration_ms") continue;
    tests = addCounts(tests, countOf(told));
    told = new Map();
  }
  if (told.has("tests")) tests = addCounts(tests, countOf(told));
  if (tests === null) return null;
  return { failures: failuresOf(lines), tests };
}

function countOf(told: ReadonlyMap<string, number>): TestCount {
  const of = (word: string) => told.get(word) ?? 0;
  const failed = of("fail") + of("cancelled");
  return { ran: of("pass") + failed, failed, skipped: of("skipped") + of("todo") };
}

function failuresOf(lines: readonly string[]): readonly Failure[] {
  const failures: Failure[] = [];
  let isInList = false;
  for (const [at, line] of lines.entries()) {
    if (listBegin.test(line)) isInList = true;
    const [, file, number] = isInList ? (entry.exec(line) ?? []) : [];
    const [, sign, test] = title.exec(lines[at + 1] ?? "") ?? [];
    // `⚠` stands for one that is still to be done.
    if (file === undefined || test === undefined || sign !== "✖") continue;
    const said = saidAfter(lines, at + 2);
    const place = firstFrame(said.stack) ?? { file, line: Number(number) };
    failures.push(failure({ ...place, test, message: said.message }));
  }
  return failures;
}

function saidAfter(lines: readonly string[], from: number) {
  const rest = lines.slice(from, from + 60);
  const next = rest.findIndex((line) => line !== "" && !line.startsWith(" "));
  const block = next < 0 ? rest : rest.slice(0, next);
  const stackAt = block.findIndex((line) => /^ +at /.test(line));
  const said = (stackAt < 0 ? block : block.slice(0, stackAt)).filter((line) => line.trim() !== "");
  const message = said
    .slice(0, messageLines)
    .map((line) => line.slice(2))
    .join("\n");
  return { message: message === "" ? "failed" : message, stack: block.slice(Math.max(0, stackAt)) };
}

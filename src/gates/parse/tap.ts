/**
 * TAP 13 and 14: test points, nested subtests, diagnostics, and the sums that node:test, tape and
 * mocha print at the end. A point that sums up its subtests counts as none of its own.
 */

import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { addCounts, failure, type Output, type Reading, within } from "./reading.ts";
import { diagnosticOf } from "./tap-diagnostic.ts";

const version = /^TAP version 1[34]$/;
const plan = /^ *1\.\.(\d{1,9})(?: *#.*)?$/;
const pointBegin = /^( *)(not )?ok\b(?: (\d{1,9}))?(?: -)?(?: (.*))?$/;
const directive = /(?:^|[^\\])# *(skip|todo)/i;
const subtest = /^( *)# Subtest(?::| -) ?(.*)$/;
const bailOut = /^ *Bail out!(.*)$/;
const sum = /^# (tests|pass|fail|cancelled|skipped|skip|todo) +(\d{1,9})$/;

interface Point {
  readonly depth: number;
  readonly at: number;
  readonly isOk: boolean;
  readonly name: string;
  readonly directive: "skip" | "todo" | null;
  /** Others are its subtests. */
  readonly isParent: boolean;
}

export function readTap(output: Output): Reading | null {
  const { lines, isCut } = output;
  const hasVersion = lines.some((line) => version.test(line));
  const plans = lines.filter((line) => plan.test(line));
  const points = pointsOf(lines);
  if (!hasVersion && (plans.length === 0 || !isTap(points, plans))) return null;
  const failures = points.flatMap((point) => failureOf(point, lines));
  for (const line of lines) {
    const [, why] = bailOut.exec(line) ?? [];
    if (why !== undefined) failures.push(failure({ message: `Bail out! ${why.trim()}`.trimEnd() }));
  }
  return { failures, tests: sums(lines, points) ?? (isCut ? null : counted(points)) };
}

/** `ok` and `1..0` alone are words that other tools print too. */
function isTap(points: readonly Point[], plans: readonly string[]): boolean {
  return points.length > 0 || plans.some((line) => /^1\.\.0\b/.test(line));
}

function pointsOf(lines: readonly string[]): Point[] {
  const points: Point[] = [];
  /** Names of the subtests that are open, by the width of their indentation. */
  let open: { readonly depth: number; readonly name: string }[] = [];
  let isInDiagnostic = false;
  let deepest = 0;
  for (const [at, line] of lines.entries()) {
    if (/^ *---$/.test(line)) isInDiagnostic = true;
    else if (/^ *\.\.\.$/.test(line)) isInDiagnostic = false;
    const [, spaces, title = ""] = subtest.exec(line) ?? [];
    if (spaces !== undefined) {
      open = open.filter(({ depth }) => depth < spaces.length);
      open.push({ depth: spaces.length, name: plainName(title) });
      continue;
    }
    const point = pointBegin.exec(line);
    if (point === null || isInDiagnostic) continue;
    const [, indent = "", not, , rest = ""] = point;
    const depth = indent.length;
    const [, word] = directive.exec(rest) ?? [];
    const above = open.filter((one) => one.depth < depth).map(({ name }) => name);
    points.push({
      depth,
      at,
      isOk: not === undefined,
      name: [...above, nameOf(rest)].join(within),
      directive: word === undefined ? null : word.toLowerCase() === "skip" ? "skip" : "todo",
      isParent: deepest > depth,
    });
    deepest = depth;
  }
  return points;
}

function nameOf(rest: string): string {
  const end = /(?:^|[^\\])(# *(?:skip|todo))/i.exec(rest);
  return plainName(end === null ? rest : rest.slice(0, rest.indexOf(end[1] ?? "", end.index)));
}

function plainName(text: string): string {
  return text.trim().replace(/\\([#\\])/g, "$1");
}

function failureOf(point: Point, lines: readonly string[]): Failure[] {
  if (point.isOk || point.isParent || point.directive !== null) return [];
  const { message, code, frame } = diagnosticOf(lines, point);
  const test = point.name === "" ? null : point.name;
  return [failure({ test, code, message, file: frame?.file ?? null, line: frame?.line ?? null })];
}

function counted(points: readonly Point[]): TestCount {
  const own = points.filter(({ isParent }) => !isParent);
  const skipped = own.filter((point) => point.directive !== null).length;
  const failed = own.filter((point) => !point.isOk && point.directive === null).length;
  return { ran: own.length - skipped, failed, skipped };
}

/** What the tool counted itself, once for each of its runs; `null`: it did not. */
function sums(lines: readonly string[], points: readonly Point[]): TestCount | null {
  let all: TestCount | null = null;
  const told = new Map<string, number>();
  const add = () => {
    const of = (...words: string[]) => words.reduce((n, word) => n + (told.get(word) ?? 0), 0);
    if (told.has("tests") && (told.has("pass") || told.has("fail"))) {
      const failed = of("fail", "cancelled");
      all = addCounts(all, {
        ran: of("pass") + failed,
        failed,
        skipped: of("skipped", "skip", "todo"),
      });
    }
    told.clear();
  };
  for (const line of lines) {
    const [, word, number] = sum.exec(line) ?? [];
    if (word === undefined) continue;
    if (word === "tests") add();
    told.set(word, Number(number));
  }
  add();
  if (all === null) return null;
  const { ran, failed, skipped }: TestCount = all;
  return { ran, failed, skipped: skipped === 0 ? counted(points).skipped : skipped };
}

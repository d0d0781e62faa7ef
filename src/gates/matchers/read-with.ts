/** Reads an output by a matcher: `schema.ts` says what each key of one means. */

import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { isForeign } from "../parse/frame.ts";
import { addCounts, failure, type Output, type Parser, within } from "../parse/reading.ts";
import type { FailureRule, MatcherFile } from "./schema.ts";

/** Chosen: what a tool sets off as the message of one failure. */
const messageLines = 5;
/** Chosen: further down is another failure. */
const usualWithin = 60;
/** Chosen: far more than are shown; a flood of them costs memory. */
const mostFailures = 200;

export function parserOf(matcher: MatcherFile): Parser {
  return (output) => {
    const { lines } = output;
    if (!hasAny(lines, matcher.when)) return null;
    const failures = (matcher.failures ?? []).flatMap((rule) => failuresOf(rule, lines));
    const { separator } = matcher;
    return {
      failures: separator === undefined ? failures : failures.map((one) => parted(one, separator)),
      tests: countsOf(matcher, output) ?? (saysNone(matcher, lines) ? noTest : null),
    };
  };
}

const noTest: TestCount = { ran: 0, failed: 0, skipped: 0 };

function hasAny(lines: readonly string[], patterns: readonly RegExp[]): boolean {
  return lines.some((line) => patterns.some((pattern) => pattern.test(line)));
}

function saysNone({ none }: MatcherFile, lines: readonly string[]): boolean {
  if (none === undefined || !hasAny(lines, none.match)) return false;
  return none.unless === undefined || !hasAny(lines, none.unless);
}

function parted(found: Failure, separator: string): Failure {
  return { ...found, test: found.test?.split(separator).join(within) ?? null };
}

interface Found {
  file: string | null;
  line: number | null;
  test: string | null;
  code: string | null;
  message: string[];
}

function failuresOf(rule: FailureRule, lines: readonly string[]): Failure[] {
  const found: Failure[] = [];
  for (let at = 0; at < lines.length && found.length < mostFailures; at += 1) {
    const line = lines[at] ?? "";
    const groups = groupsOf(rule.begin, line);
    if (groups === null) continue;
    const begun = { begun: add(nothing(), groups), line };
    const block = rule.after === undefined ? [] : blockOf(rule, lines, at);
    found.push(
      ...(rule.each === true ? eachOf(rule, begun.begun, block) : oneOf(rule, begun, block)),
    );
    // Its lines hold no other begin; a flood of begins is not read over and over.
    at += block.length;
  }
  return found;
}

/** The lines after `begin` that belong to it. */
function blockOf(rule: FailureRule, lines: readonly string[], at: number): readonly string[] {
  const rest = lines.slice(at + 1, at + 1 + (rule.within ?? usualWithin));
  const end = rest.findIndex((line) => rule.begin.test(line) || rule.end?.test(line) === true);
  return end < 0 ? rest : rest.slice(0, end);
}

function eachOf(rule: FailureRule, shared: Found, block: readonly string[]): Failure[] {
  return block.flatMap((line) => {
    const groups = firstGroups(rule, line);
    if (groups === null) return [];
    const one = add({ ...shared, message: [...shared.message] }, groups);
    return done(rule, one, line);
  });
}

function oneOf(
  rule: FailureRule,
  { begun, line }: { readonly begun: Found; readonly line: string },
  block: readonly string[],
): Failure[] {
  for (const next of block) {
    const groups = firstGroups(rule, next);
    if (groups !== null) add(begun, groups);
    if (begun.message.length > 0 && begun.line !== null) break;
  }
  return done(rule, begun, line);
}

function done(rule: FailureRule, found: Found, line: string): Failure[] {
  const { message, ...rest } = found;
  const isMissing = (name: keyof Found) =>
    name === "message" ? message.length === 0 : found[name] === null;
  if (rule.needs?.some(isMissing)) return [];
  const says = message.length === 0 ? line.trim() : message.join("\n");
  return [failure({ ...rest, message: says })];
}

type Groups = Readonly<Record<string, string | undefined>>;

function firstGroups({ after = [] }: FailureRule, line: string): Groups | null {
  for (const pattern of after) {
    const groups = groupsOf(pattern, line);
    if (groups !== null) return groups;
  }
  return null;
}

function groupsOf(pattern: RegExp, line: string): Groups | null {
  const match = pattern.exec(line);
  return match === null ? null : (match.groups ?? {});
}

function nothing(): Found {
  return { file: null, line: null, test: null, code: null, message: [] };
}

/** What is known stays, but for a file without a line; names and messages go on. */
function add(found: Found, { file, line, test, code, message }: Groups): Found {
  const isPlace = file !== undefined && !isForeign(file) && found.line === null;
  if (isPlace && (found.file === null || line !== undefined)) found.file = file;
  if (line !== undefined && found.line === null && (file === undefined || isPlace)) {
    found.line = Number(line);
  }
  if (test !== undefined && found.message.length === 0) {
    found.test = found.test === null ? test : `${found.test}${within}${test}`;
  }
  found.code ??= code ?? null;
  if (message !== undefined && found.message.length < messageLines) found.message.push(message);
  return found;
}

function countsOf({ counts = [] }: MatcherFile, { lines, isCut }: Output): TestCount | null {
  let sum: TestCount | null = null;
  for (const { match, each, when } of counts) {
    if (when !== undefined && !hasAny(lines, [when])) continue;
    // Of lines that stand for one test each, some are missing.
    if (each !== undefined && isCut) continue;
    for (const line of lines) {
      const groups = groupsOf(match, line);
      if (groups !== null) sum = addCounts(sum, each === undefined ? told(groups) : one[each]);
    }
  }
  return sum;
}

const one: Readonly<Record<"passed" | "failed" | "skipped", TestCount>> = {
  passed: { ran: 1, failed: 0, skipped: 0 },
  failed: { ran: 1, failed: 1, skipped: 0 },
  skipped: { ran: 0, failed: 0, skipped: 1 },
};

/** `total` holds the skipped too. */
function told(groups: Groups): TestCount {
  const of = (name: string) => Number(groups[name] ?? 0);
  const failed = of("failed") + of("errors");
  const skipped = of("skipped") + of("todo");
  const ran = groups["total"] === undefined ? of("passed") + failed : of("total") - skipped;
  return { ran: Math.max(0, ran), failed, skipped };
}

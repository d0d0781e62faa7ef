/**
 * What follows a test point that failed: a block of YAML, of which a few keys are read line by line
 * (a parser of YAML would be one more that meets hostile text), or free text with a stack.
 */

import { type Frame, firstFrame, isForeign } from "./frame.ts";

export interface Diagnostic {
  readonly message: string;
  readonly code: string | null;
  readonly frame: Frame | null;
}

const messageLines = 6;
/** Chosen: the deepest object that node compares in full has fewer lines. */
const longestBlock = 300;
const location = /^(.+):(\d{1,7}):\d{1,7}$/;
/** As Test::More tells it: `# at t/sum.t line 5.` */
const perlPlace = /^ *# +at (\S+) line (\d{1,7})\.?$/;
/** node:test's word for "see the cause". */
const noCode = "ERR_TEST_FAILURE";
const pointOrPlan = /^ *(?:(?:not )?ok\b|1\.\.\d|# Subtest)/;

export function diagnosticOf(
  lines: readonly string[],
  point: { readonly at: number; readonly depth: number },
): Diagnostic {
  const next = lines[point.at + 1] ?? "";
  const rest = lines.slice(point.at + 1, point.at + 1 + longestBlock);
  if (/^ *---$/.test(next)) {
    const end = rest.findIndex((line) => /^ *\.\.\.$/.test(line));
    return ofYaml(rest.slice(1, end < 0 ? rest.length : end), next.length - 3);
  }
  const end = rest.findIndex((line) => pointOrPlan.test(line));
  return ofText(end < 0 ? rest : rest.slice(0, end), point.depth);
}

function ofYaml(block: readonly string[], indent: number): Diagnostic {
  const keys = keysOf(block, indent);
  const one = (...names: string[]) =>
    names
      .map((name) => keys.get(name)?.join("\n"))
      .find((value) => value !== undefined && value !== "");
  const code = one("code");
  return {
    message: short(one("error", "message") ?? one("operator", "severity") ?? "failed"),
    code: code === undefined || code === noCode ? null : code,
    frame: firstFrame([...(keys.get("stack") ?? []), ...(keys.get("at") ?? [])]) ?? placeOf(keys),
  };
}

/** The lines of each value, without its quotes and without the indentation. */
function keysOf(block: readonly string[], indent: number): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of block) {
    const [, name, value = ""] = /^([A-Za-z_]\w{0,40}):(?: (.*))?$/.exec(line.slice(indent)) ?? [];
    if (name === undefined || /^ /.test(line.slice(indent))) {
      current.push(line.slice(indent + 2));
      continue;
    }
    current = /^[|>][-+]?$/.test(value) || value === "" ? [] : [unquoted(value)];
    keys.set(name, current);
  }
  return keys;
}

function unquoted(value: string): string {
  const [, single, double] = /^'(.*)'$|^"(.*)"$/.exec(value) ?? [];
  return single?.replaceAll("''", "'") ?? double?.replace(/\\(["\\])/g, "$1") ?? value;
}

function placeOf(keys: ReadonlyMap<string, readonly string[]>): Frame | null {
  const [, file, line] = location.exec(keys.get("location")?.[0] ?? "") ?? [];
  if (file !== undefined && !isForeign(file)) return { file, line: Number(line) };
  const [byName] = keys.get("file") ?? [];
  const number = Number(keys.get("line")?.[0]);
  return byName === undefined || !Number.isSafeInteger(number)
    ? null
    : { file: byName, line: number };
}

function ofText(block: readonly string[], depth: number): Diagnostic {
  for (const line of block) {
    const [, file, number] = perlPlace.exec(line) ?? [];
    if (file !== undefined)
      return { ...saidIn(block, depth), frame: { file, line: Number(number) } };
  }
  return { ...saidIn(block, depth), frame: firstFrame(block) };
}

function saidIn(block: readonly string[], depth: number): Omit<Diagnostic, "frame"> {
  const own = block.map((line) => line.slice(depth).replace(/^# ?/, ""));
  const begin = own.findIndex((line) => line.trim() !== "");
  const end = own.findIndex((line) => /^ *at /.test(line));
  const said = begin < 0 ? [] : own.slice(begin, end < begin ? undefined : end);
  return { message: short(said.map((line) => line.trim()).join("\n")) || "failed", code: null };
}

function short(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(0, messageLines).join("\n").trim();
}

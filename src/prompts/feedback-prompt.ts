/** Red gates, given back to the same session: why, what was found or the last lines, where the rest is. */

import { stripVTControlCharacters } from "node:util";
import type { Failure } from "../domain/gate-output.ts";
import { oneLine } from "../domain/view-text.ts";
import type { FailedGate, FeedbackRequest } from "./prompt.ts";
import { bullets, fenced, type Section, section } from "./section.ts";

/** Of each gate's output (chosen): enough for the failure, too little to fill a context. */
export const tailLines = 60;
export const tailBytes = 6 * 1024;

/** Of each gate (chosen): the rest is counted, and in the whole output. */
const mostFailures = 20;
/** Of one failure (chosen). */
const messageLines = 6;
const messageColumns = 300;

export function feedbackSections(request: FeedbackRequest): readonly Section[] {
  const { failed, findings, full } = request;
  return [
    ...failed.flatMap((gate) => section("gate", gateTitle(gate), gateText(gate))),
    ...section("findings", "Also found", bullets(findings.map(({ says }) => says))),
    ...section("handoff", "Write your handoff first", full === undefined ? "" : askText(full)),
    ...section(
      "next",
      "Next",
      "Correct the cause in this workspace, not the gates, and end your turn: they are run again then.",
    ),
  ];
}

/** Its successor has these words, and git, and nothing else of what it knows. */
function askText(full: string): string {
  return [
    `Your conversation is nearly full: ${full}. When it is, another one goes on with this task from your files. Before anything else tell it what only you know:`,
    "",
    '`temoin report handoff "…"`',
    "",
    bullets([
      "what is done, and what is left;",
      "what you decided, and why;",
      "traps: what looks right and is not;",
      "how to check.",
    ]),
    "",
    "Then go on.",
  ].join("\n");
}

/** The last lines within both bounds; control sequences of terminals are taken out. */
export function boundTail(text: string): string {
  const lines = stripVTControlCharacters(text).replaceAll("\r\n", "\n").trimEnd().split("\n");
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.toReversed()) {
    bytes += Buffer.byteLength(line) + 1;
    if (kept.length === tailLines || bytes > tailBytes) break;
    kept.unshift(line);
  }
  return kept.length === 0 ? endOf(lines.at(-1) ?? "") : kept.join("\n");
}

function gateTitle({ result }: FailedGate): string {
  return `Gate \`${result.name}\` ${result.verdict === "errored" ? "could not be run" : result.verdict}`;
}

function gateText(gate: FailedGate): string {
  const { result, proofPath } = gate;
  return [
    result.why,
    ...(result.note === undefined ? [] : ["", result.note]),
    ...(gate.wasRedBefore === true ? ["", redBefore] : []),
    ...foundText(gate),
    ...(proofPath === null ? [] : ["", `The whole output: ${proofPath}`]),
  ].join("\n");
}

const redBefore =
  "It was red before your change, with the same failures: you have not broken it. Mend it only where that is your task.";

/** The failures; of an output that was not understood, its last lines. */
function foundText({ result, tail: whole }: FailedGate): readonly string[] {
  const failures = result.failures ?? [];
  if (failures.length > 0) {
    const more = failures.length - mostFailures;
    return [
      "",
      "What it found:",
      bullets(failures.slice(0, mostFailures).map(failureText)),
      ...(more > 0 ? [`- and ${more} more`] : []),
    ];
  }
  const tail = boundTail(whole);
  if (tail.trim() === "") return result.verdict === "failed" ? ["", "It printed nothing."] : [];
  return ["", "The last lines of its output:", fenced(tail)];
}

/** `src/a.ts:3 · adds two · TS2345: not a number`, with further lines of its message below. */
function failureText({ file, line, test, code, message }: Failure): string {
  const at = file === null ? null : line === null ? file : `${file}:${line}`;
  const where = [at, test]
    .filter((part) => part !== null)
    .map((part) => oneLine(part, messageColumns));
  const lines = stripVTControlCharacters(message).trimEnd().split("\n");
  const shown = lines.slice(0, messageLines).map((one) => one.slice(0, messageColumns));
  const says = shown.join("\n");
  return [...where, code === null ? says : `${oneLine(code, messageColumns)}: ${says}`].join(" · ");
}

/** The end of one endless line, cut between characters. */
function endOf(line: string): string {
  const bytes = Buffer.from(line);
  let start = Math.max(0, bytes.length - tailBytes + "…".length * 3);
  // 10xxxxxx is the inside of a character in UTF-8.
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return (start === 0 ? "" : "…") + bytes.subarray(start).toString();
}

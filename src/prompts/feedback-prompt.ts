/** Red gates, given back to the same session: what failed, why, the last lines, and where the rest is. */

import { stripVTControlCharacters } from "node:util";
import type { FailedGate, FeedbackRequest } from "./prompt.ts";
import { bullets, fenced, type Section, section } from "./section.ts";

/** Of each gate's output (chosen): enough for the failure, too little to fill a context. */
export const tailLines = 60;
export const tailBytes = 6 * 1024;

export function feedbackSections({ failed, findings }: FeedbackRequest): readonly Section[] {
  return [
    ...failed.flatMap((gate) => section("gate", gateTitle(gate), gateText(gate))),
    ...section("findings", "Also found", bullets(findings.map(({ says }) => says))),
    ...section(
      "next",
      "Next",
      "Correct the cause in this workspace, not the gates, and end your turn: they are run again then.",
    ),
  ];
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

function gateText({ result, tail: whole, proofPath }: FailedGate): string {
  const tail = boundTail(whole);
  return [
    result.why,
    ...(tail.trim() === "" ? [] : ["", "The last lines of its output:", fenced(tail)]),
    ...(proofPath === null ? [] : ["", `The whole output: ${proofPath}`]),
  ].join("\n");
}

/** The end of one endless line, cut between characters. */
function endOf(line: string): string {
  const bytes = Buffer.from(line);
  let start = Math.max(0, bytes.length - tailBytes + "…".length * 3);
  // 10xxxxxx is the inside of a character in UTF-8.
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return (start === 0 ? "" : "…") + bytes.subarray(start).toString();
}

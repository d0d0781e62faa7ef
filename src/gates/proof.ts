/**
 * A gate's output as it is kept (the proof) and as it is given back to an agent (the tail).
 */

import type { HeadAndTail } from "../lib/capped-file.ts";
import { plainText } from "../lib/process-text.ts";
import type { Verdict } from "./gate.ts";

const tailLines = 200;
/** Chosen: some 5,000 words, beside which a prompt still has room; the proof has the rest. */
const tailChars = 32 * 1024;

/** The last lines of the output, without colours and control characters. */
export function tailText(output: HeadAndTail): string {
  const { head, tail } = output;
  // Between head and tail there is a gap only when the tail alone is longer than what is taken.
  const end = Buffer.concat([head, tail]).subarray(-tailChars * 4);
  const lines = plainText(end.toString("utf8")).slice(-tailChars).trimEnd().split("\n");
  return lines.slice(-tailLines).join("\n");
}

/** What was kept, with an empty line where something is missing; a line that was cut is gone. */
export function keptText({ head, tail, cutBytes }: HeadAndTail): string {
  if (cutBytes === 0) return Buffer.concat([head, tail]).toString("utf8");
  const begin = head.subarray(0, head.lastIndexOf("\n") + 1);
  return `${begin.toString("utf8")}\n${tail.subarray(tail.indexOf("\n") + 1).toString("utf8")}`;
}

/** What was run and how it ended, an empty line, then the output as it was printed. */
export function proofText(proof: {
  readonly run: string;
  readonly verdict: Verdict;
  readonly output: HeadAndTail;
}): Buffer {
  const { run, verdict, output } = proof;
  const header = [
    ...run.split("\n").map((line, n) => `${n === 0 ? "$" : ">"} ${line}`),
    `verdict: ${verdict.verdict}. ${verdict.why}`,
    `exit code: ${verdict.exitCode ?? "none"}`,
    `duration: ${verdict.durationMs} ms`,
    ...(verdict.note === null ? [] : [`note: ${verdict.note}`]),
  ];
  const { head, tail, cutBytes } = output;
  const cut = cutBytes === 0 ? "" : `\n… ${cutBytes} bytes were cut here …\n`;
  return Buffer.concat([Buffer.from(`${header.join("\n")}\n\n`), head, Buffer.from(cut), tail]);
}

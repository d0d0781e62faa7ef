/**
 * What the output of a gate makes of its exit code: nothing passes that ran nothing, and nothing
 * passes that says itself that it has failed. What is merely odd is a note.
 */

import type { VerdictKind } from "../domain/attempt.ts";
import { countText } from "../domain/view-text.ts";
import type { Baseline } from "./gate.ts";
import type { Reading } from "./parse/reading.ts";

export interface Judgement {
  readonly verdict: VerdictKind;
  readonly why: string;
  /** One sentence; `null`: nothing is odd. */
  readonly note: string | null;
}

export interface JudgeRequest {
  readonly name: string;
  /** By its exit code. */
  readonly verdict: VerdictKind;
  readonly why: string;
  readonly durationMs: number;
  readonly reading: Reading;
  /** Why the report of its tests is not to be believed: "has not written `x`"; `null`: nothing is wrong. */
  readonly reportProblem?: string | null;
  /** A part of the output was not kept, so that sums over the whole are not known. */
  readonly isCut: boolean;
  readonly baseline?: Baseline | undefined;
}

/** Chosen: below it a duration says more of the machine than of the gate. */
const leastTellingMs = 2_000;
/** Chosen: a warm cache saves less, and a busy machine costs less. */
const oddRatio = 10;

export function judgeOutput(request: JudgeRequest): Judgement {
  const { verdict, why } = request;
  const passed = verdict === "passed" ? contradiction(request) : null;
  const { reportProblem = null } = request;
  const odd = [
    passed === null ? errorNote(request) : null,
    verdict === "failed" && reportProblem !== null ? `it ${reportProblem}` : null,
    countNote(request),
    durationNote(request),
  ];
  const notes = verdict === "skipped" ? [] : odd.filter((one) => one !== null);
  return {
    verdict: passed === null ? verdict : "errored",
    why: passed === null ? why : `Gate \`${request.name}\` ended with exit code 0, but ${passed}.`,
    note: notes.length === 0 ? null : sentence(notes.join("; ")),
  };
}

/** Why a gate that passed by its exit code has not; `null`: it has. */
function contradiction(request: JudgeRequest): string | null {
  const { reading, baseline, isCut, reportProblem = null } = request;
  const { tests } = reading;
  if (tests !== null && tests.failed > 0) {
    return `${countText(tests.failed, "test")} failed: something hides its exit code`;
  }
  if (reportProblem !== null) return `it ${reportProblem}`;
  const before = testsBefore(baseline);
  if (before === 0) return null;
  const ranBefore = `where ${before} ran on the target`;
  if (tests === null) return isCut ? null : `its output tells of no test, ${ranBefore}`;
  return tests.ran === 0 ? `no test ran, ${ranBefore}` : null;
}

function testsBefore(baseline: Baseline | undefined): number {
  return baseline?.tests?.ran ?? 0;
}

function errorNote({ verdict, reading: { failures, tests } }: JudgeRequest): string | null {
  if (verdict !== "passed" || failures.length === 0 || (tests?.failed ?? 0) > 0) return null;
  return `exit code 0, but its output names ${countText(failures.length, "error")}`;
}

function countNote({ verdict, reading: { tests }, baseline, isCut }: JudgeRequest): string | null {
  const before = testsBefore(baseline);
  if (tests === null) {
    const isAsked = before > 0 && isCut && verdict === "passed";
    return isAsked ? `its output is too long to count its tests, ${before} on the target` : null;
  }
  if (tests.ran === 0 && before === 0) return "it ran no test";
  if (tests.ran >= before) return null;
  return `${countText(tests.ran, "test")} ran, ${before} on the target`;
}

function durationNote({ verdict, durationMs, baseline }: JudgeRequest): string | null {
  // One that failed early was quick for that reason.
  if (baseline === undefined || verdict !== "passed" || baseline.verdict !== "passed") return null;
  const before = baseline.durationMs;
  const isQuick = before > leastTellingMs && durationMs * oddRatio < before;
  const isSlow = durationMs > leastTellingMs && durationMs >= before * oddRatio;
  return isQuick || isSlow
    ? `it took ${seconds(durationMs)}, ${seconds(before)} on the target`
    : null;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `1.5 s`. */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

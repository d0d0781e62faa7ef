import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestCount } from "../../../src/domain/gate-output.ts";
import type { Baseline } from "../../../src/gates/gate.ts";
import { type JudgeRequest, judgeOutput } from "../../../src/gates/judge-output.ts";

const count = (ran: number, failed = 0): TestCount => ({ ran, failed, skipped: 0 });
const baseline = (more: Partial<Baseline> = {}): Baseline => ({
  verdict: "passed",
  tests: count(12),
  durationMs: 3_000,
  failures: [],
  ...more,
});
const error = { file: "a.ts", line: 1, test: null, code: "TS1", message: "Wrong." };

interface Case {
  readonly claim: string;
  readonly given: Partial<JudgeRequest>;
  readonly verdict?: string;
  readonly why?: RegExp;
  readonly note?: string | null;
}

const hidden = /exit code 0, but 3 tests failed: something hides its exit code\.$/;
const cases: readonly Case[] = [
  { claim: "nothing to read changes nothing", given: {} },
  {
    claim: "tests that failed are no pass",
    given: { reading: { tests: count(12, 3), failures: [] } },
    verdict: "errored",
    why: hidden,
  },
  {
    claim: "no test where the target ran some is no pass",
    given: { reading: { tests: count(0), failures: [] }, baseline: baseline() },
    verdict: "errored",
    why: /but no test ran, where 12 ran on the target\.$/,
    note: "0 tests ran, 12 on the target.",
  },
  {
    claim: "an output without a word of tests is no pass where the target's had some",
    given: { baseline: baseline() },
    verdict: "errored",
    why: /but its output tells of no test, where 12 ran on the target\.$/,
  },
  {
    claim: "of an output that was cut nobody knows",
    given: { baseline: baseline(), isCut: true },
    note: "Its output is too long to count its tests, 12 on the target.",
  },
  {
    claim: "no test at all is a note where nothing is known of the target",
    given: { reading: { tests: count(0), failures: [] } },
    note: "It ran no test.",
  },
  {
    claim: "no test is a note beside a red exit code",
    given: {
      verdict: "failed",
      why: "Gate `test` failed with exit code 5.",
      reading: { tests: count(0), failures: [] },
    },
    verdict: "failed",
    why: /code 5\.$/,
    note: "It ran no test.",
  },
  {
    claim: "fewer tests than on the target are a note",
    given: { reading: { tests: count(9), failures: [] }, baseline: baseline() },
    note: "9 tests ran, 12 on the target.",
  },
  {
    claim: "more tests are none",
    given: { reading: { tests: count(13), failures: [] }, baseline: baseline() },
  },
  {
    claim: "a report that was to be written and is not there is no pass",
    given: { reportProblem: "has not written `junit.xml`" },
    verdict: "errored",
    why: /exit code 0, but it has not written `junit\.xml`\.$/,
  },
  {
    claim: "beside a red exit code it is a note",
    given: { verdict: "failed", why: "It failed.", reportProblem: "has not written `junit.xml`" },
    verdict: "failed",
    why: /failed/,
    note: "It has not written `junit.xml`.",
  },
  {
    claim: "errors that the exit code does not tell of are a note",
    given: { reading: { tests: null, failures: [error] } },
    note: "Exit code 0, but its output names 1 error.",
  },
  {
    claim: "under a tenth of the time is odd",
    given: { durationMs: 299, baseline: baseline({ tests: null }) },
    note: "It took 0.3 s, 3 s on the target.",
  },
  {
    claim: "a tenth of a time that was short is not",
    given: { durationMs: 1, baseline: baseline({ tests: null, durationMs: 2_000 }) },
  },
  {
    claim: "ten times the time is odd",
    given: { durationMs: 30_000, baseline: baseline({ tests: null }) },
    note: "It took 30 s, 3 s on the target.",
  },
  {
    claim: "a gate that was red on the target tells nothing by its time",
    given: { durationMs: 30_000, baseline: baseline({ tests: null, verdict: "failed" }) },
  },
  {
    claim: "what was called off is not judged",
    given: { verdict: "skipped", why: "It was called off.", baseline: baseline() },
    verdict: "skipped",
    why: /called off/,
  },
];

describe("a verdict by what the output says", () => {
  for (const { claim, given, verdict = "passed", why = /passed/, note = null } of cases) {
    test(claim, () => {
      const judged = judgeOutput({
        name: "test",
        verdict: "passed",
        why: "Gate `test` passed.",
        durationMs: 2_500,
        reading: { failures: [], tests: null },
        isCut: false,
        ...given,
      });
      assert.equal(judged.verdict, verdict);
      assert.match(judged.why, why);
      assert.equal(judged.note, note);
    });
  }
});

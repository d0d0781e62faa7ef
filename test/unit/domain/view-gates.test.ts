import assert from "node:assert/strict";
import { test } from "node:test";
import { failureLine } from "../../../src/domain/view-failure.ts";
import { testsText } from "../../../src/domain/view-gates.ts";

test("a failure is one line, of what is known of it", () => {
  const none = { file: null, line: null, test: null, code: null };
  const cases = [
    [{ ...none, message: "Bail out!" }, "Bail out!"],
    [{ ...none, file: "a.ts", line: 3, code: "TS1", message: "Wrong." }, "a.ts:3 TS1: Wrong."],
    [{ ...none, file: "a.ts", test: "x > y", message: "one\ntwo" }, "a.ts x > y: one two"],
  ] as const;
  for (const [failure, line] of cases) assert.equal(failureLine(failure), line);
});

test("counts of tests are told without what is nought", () => {
  assert.equal(testsText(null), null);
  assert.equal(testsText({ ran: 0, failed: 0, skipped: 0 }), "0 tests");
  assert.equal(testsText({ ran: 1, failed: 0, skipped: 2 }), "1 test, 2 skipped");
  assert.equal(testsText({ ran: 12, failed: 3, skipped: 0 }), "12 tests, 3 failed");
});

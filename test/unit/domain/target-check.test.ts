/** What a red gate on a change owes to the target as it was. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { emptyBrief } from "../../../src/domain/brief.ts";
import { isExcused } from "../../../src/domain/target-check.ts";

function red(...tests: readonly string[]): GateResult {
  return {
    name: "test",
    verdict: "failed",
    exitCode: 1,
    durationMs: 1,
    proof: null,
    why: "exit code 1",
    where: "workspace",
    round: 0,
    failures: tests.map((name) => {
      return { file: "src/sum.ts", line: 3, test: name, code: null, message: "no" };
    }),
  };
}

test("a gate that was red before in the same way is excused, but not where its brief is about it", () => {
  const before = { ...red("adds", "rounds"), where: "target" } as const;
  const told = (objective: string) => ({ ...emptyBrief, objective });
  assert.equal(isExcused(red("adds"), before, told("Write the page.")), true);
  assert.equal(isExcused(red("adds"), undefined, told("Write the page.")), false, "nobody looked");
  assert.equal(isExcused(red("adds", "new"), before, told("Write the page.")), false);
  assert.equal(isExcused(red("adds"), before, told("Mend the test adds.")), false);
  assert.equal(isExcused(red("adds"), before, told("`src/sum.ts` is wrong.")), false);
  assert.equal(isExcused(red(), red(), told("")), false, "an exit code is the same for all");
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { type Brief, emptyBrief } from "../../../src/domain/brief.ts";
import { doubts, type SecondLook, touchedProtected } from "../../../src/domain/doubt.ts";

const passed: GateResult = {
  name: "test",
  verdict: "passed",
  exitCode: 0,
  durationMs: 1,
  proof: null,
  why: "It passed.",
  where: "workspace",
  round: 0,
  tests: { ran: 5, failed: 0, skipped: 1 },
};
const failed: GateResult = { ...passed, verdict: "failed", exitCode: 1, why: "It failed." };
const look: SecondLook = {
  name: "test",
  protects: ["tests/**", "package.json"],
  now: passed,
  before: passed,
  laid: null,
};
const change = { changed: ["src/a.ts", "tests/a.test.ts", "package.json"], brief: emptyBrief };

function saying(raw: string): Brief {
  return { ...emptyBrief, raw };
}

function counted(ran: number, skipped: number): GateResult {
  return { ...passed, tests: { ran, failed: 0, skipped } };
}

describe("what a gate protects", () => {
  test("is told of the change, but for what the brief names", () => {
    const touched = (brief: Brief) => touchedProtected(look.protects, { ...change, brief });
    assert.deepEqual(touched(emptyBrief), ["tests/a.test.ts", "package.json"]);
    assert.deepEqual(touched(saying("Add a script to package.json.")), ["tests/a.test.ts"]);
    assert.deepEqual(touched(saying("Correct `tests/a.test.ts`")), ["package.json"]);
    assert.deepEqual(touched(saying("See a.test.ts, then stop")), ["package.json"]);
    assert.deepEqual(touched(saying("my-package.json and xa.test.ts")).length, 2);
    assert.deepEqual(touchedProtected([], change), []);
  });
});

describe("a green gate", () => {
  for (const [what, parts, says] of [
    ["with as many tests", {}, null],
    ["with more tests", { now: counted(9, 1) }, null],
    ["with fewer", { now: counted(4, 1) }, /^test ran 4 tests where 5 ran before$/],
    ["with more skipped", { now: counted(5, 2) }, /skips 2 tests where 1 were skipped before/],
    ["whose tests nobody counted", { now: { ...passed, tests: undefined } }, null],
    ["that nobody has seen before", { before: null, now: counted(0, 0) }, null],
    ["that passes with the target's version too", { laid: passed }, null],
    ["that fails with it", { laid: failed }, /passed with the changed tests\/a\.test\.ts, package/],
    ["that runs fewer with it", { laid: counted(2, 1) }, /2 tests where 5 ran before, even with/],
  ] as const) {
    test(`${what} is ${says === null ? "believed" : "doubted"}`, () => {
      // `undefined` stands for a field that is not there.
      const one = JSON.parse(JSON.stringify({ ...look, ...parts })) as SecondLook;
      const found = doubts([one], change);
      if (says === null) assert.deepEqual(found, []);
      else assert.match(found.join("; "), says);
    });
  }

  test("may run fewer tests where the brief names a file of tests that was changed", () => {
    const fewer = { ...look, now: counted(2, 1) };
    const brief = saying("Drop the old cases of tests/a.test.ts");
    assert.deepEqual(doubts([fewer], { ...change, brief }), []);
    const plain = { ...fewer, protects: [] };
    assert.deepEqual(doubts([plain], { ...change, brief }), []);
    assert.equal(doubts([plain], change).length, 1);
  });
});

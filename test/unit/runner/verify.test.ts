/** One gate: repeated while it is red, and what it has changed put back. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { VerdictKind } from "../../../src/domain/attempt.ts";
import type { Verdict } from "../../../src/gates/gate.ts";
import { resultOf, runGate } from "../../../src/runner/verify.ts";

const failure = { file: null, line: null, test: "flaps", code: null, message: "no" };

function verdictOf(verdict: VerdictKind): Verdict {
  const failures = verdict === "failed" ? [failure] : [];
  const said = { exitCode: 0, durationMs: 1, tail: "", tests: null, note: null };
  return { ...said, verdict, why: `It ${verdict}.`, failures };
}

/** A gate that ends like this, one time after the other. */
async function run(verdicts: readonly VerdictKind[], retries: number, changes: string[][] = []) {
  const proofs: string[] = [];
  const gate = { name: "test", run: "x", timeoutMs: 1, retries };
  const ran = await runGate({
    gate,
    cwd: "/",
    env: {},
    proofFile: "/p/test.log",
    signal: new AbortController().signal,
    tidy: async () => changes[proofs.length - 1] ?? [],
    hands: {
      gates: {
        async check({ proofFile }) {
          proofs.push(proofFile);
          return verdictOf(verdicts[proofs.length - 1] ?? "passed");
        },
      },
    },
  });
  const told = { proof: ran.proofFile, where: "workspace", round: 0 } as const;
  return { result: resultOf(gate, ran, told), proofs };
}

describe("a gate", () => {
  for (const [verdicts, retries, runs, verdict, flaky] of [
    [["passed"], 1, 1, "passed", undefined],
    [["failed", "passed"], 0, 1, "failed", undefined],
    [["failed", "passed"], 1, 2, "passed", true],
    [["errored", "passed"], 1, 2, "passed", true],
    [["failed", "failed", "passed"], 1, 2, "failed", undefined],
    [["failed", "failed", "passed"], 2, 3, "passed", true],
    [["skipped"], 2, 1, "skipped", undefined],
  ] as const) {
    test(`that ends ${verdicts.join(", ")} with ${retries} retries is ${verdict}`, async () => {
      const { result, proofs } = await run(verdicts, retries);
      assert.deepEqual([result.verdict, result.flaky, proofs.length], [verdict, flaky, runs]);
      assert.equal(new Set(proofs).size, runs, "each run has its own proof");
    });
  }

  test("that flapped keeps the failures of its red run, and says so", async () => {
    const { result } = await run(["failed", "passed"], 1);
    assert.deepEqual(result.failures, [failure]);
    assert.equal(result.note, "It was red before it passed: It failed.");
    assert.equal(result.proof, "/p/test.repeat-1.log");
  });

  test("that changes files is told to have done so, over all its runs", async () => {
    const { result } = await run(["failed", "failed"], 1, [["a.txt"], ["a.txt", "b.txt"]]);
    assert.equal(result.note, "It changed a.txt, b.txt, which was undone.");
    assert.equal((await run(["passed"], 0)).result.note, undefined);
  });
});

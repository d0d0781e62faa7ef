import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { createPrompts } from "../../../src/prompts/create-prompts.ts";
import { boundTail, tailBytes, tailLines } from "../../../src/prompts/feedback-prompt.ts";
import type { FailedGate, Finding } from "../../../src/prompts/prompt.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";

const order = sampleOrder();
const result: GateResult = {
  name: "test",
  verdict: "failed",
  exitCode: 101,
  durationMs: 1200,
  proof: "proof/TODO-POB-001/3/test-2.log",
  why: "Exit code 101 after 1.2 s.",
  where: "workspace",
  round: 2,
};
const failed: readonly FailedGate[] = [
  {
    result,
    tail: "running 4 tests\nassertion `left == right` failed\n```\nleft: 1\n",
    proofPath: "/home/me/bot/.temoin/proof/TODO-POB-001/3/test-2.log",
  },
  {
    result: { ...result, name: "lint", verdict: "errored", why: "`cargo-clippy` was not found." },
    tail: "",
    proofPath: null,
  },
];
const findings: readonly Finding[] = [{ says: "`temoin.yaml` was changed; put it back." }];

function promptsIn(style: "headings" | "xml") {
  return createPrompts({ style, target: "main", gates: [], stateDir: "/s", template: null });
}

describe("the prompt of a round of feedback", () => {
  for (const style of ["headings", "xml"] as const) {
    it(`in the style ${style} names each red gate, why, its last lines and the rest`, async () => {
      const file = new URL(`../../fixtures/prompts/feedback.${style}.txt`, import.meta.url);
      const prompt = await promptsIn(style).feedback({ order, round: 2, failed, findings });
      assert.equal(prompt, await readFile(file, "utf8"));
    });
  }

  it("tells the failures that were read, at most 20, and then not the last lines", async () => {
    const failures = Array.from({ length: 23 }, (_, n) => ({
      file: "src/a.rs",
      line: n + 1,
      test: n === 0 ? "adds::two" : null,
      code: n === 0 ? null : "E0308",
      message: n === 0 ? "left: 1\nright: 2" : "mismatched types",
    }));
    const one = { result: { ...result, failures }, tail: "noise", proofPath: "/p.log" };
    const gate = { ...one, wasRedBefore: true };
    const request = { order, round: 1, failed: [gate], findings: [] };
    const prompt = await promptsIn("headings").feedback(request);
    assert.match(prompt, /\n- src\/a\.rs:1 · adds::two · left: 1\n {2}right: 2\n/);
    assert.match(prompt, /\n- src\/a\.rs:20 · E0308: mismatched types\n- and 3 more\n/);
    assert.match(prompt, /It was red before your change/);
    assert.match(prompt, /The whole output: \/p\.log/);
    assert.doesNotMatch(prompt, /noise|a\.rs:21/);
  });

  it("can be of findings alone", async () => {
    const prompt = await promptsIn("headings").feedback({ order, round: 1, failed: [], findings });
    assert.match(prompt, /^# TODO-POB-001 is not done yet \(round 1 of 3\)\n\n## Also found\n/);
    assert.doesNotMatch(prompt, /## Gate/);
  });

  it("does not read a template in the output of a gate", async () => {
    const tail = "{{ id }} {% include 'x' %} {{";
    const one = { result, tail, proofPath: null };
    const prompt = await promptsIn("xml").feedback({
      order,
      round: 1,
      failed: [one],
      findings: [],
    });
    assert.ok(prompt.includes(tail));
  });

  it("cannot be ended by the output: its fence is longer than any in there", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("`", "```", "\n", "x")), async (parts) => {
        const one = { result, tail: `x${parts.join("")}`, proofPath: null };
        const prompt = await promptsIn("headings").feedback({
          order,
          round: 1,
          failed: [one],
          findings: [],
        });
        const lines = prompt.split("\n");
        const fence = lines[lines.indexOf("The last lines of its output:") + 1] ?? "";
        assert.match(fence, /^`{3,}$/);
        assert.equal(lines.filter((line) => line.startsWith(fence)).length, 2);
      }),
      { numRuns: 100 },
    );
  });
});

describe("boundTail", () => {
  it("keeps the end of the output, within its lines and its bytes", () => {
    const unit = fc.constantFrom("a", "é", "🦀", "\n", " ", "word ", "x".repeat(300));
    const text = fc.string({ unit, maxLength: 500, size: "max" });
    fc.assert(
      fc.property(text, fc.nat({ max: 10_000 }), (start, padding) => {
        const whole = `${start}${"x".repeat(padding)}`;
        const tail = boundTail(whole);
        assert.ok(tail.split("\n").length <= tailLines);
        assert.ok(Buffer.byteLength(tail) <= tailBytes);
        assert.ok(!tail.includes("\uFFFD"));
        assert.ok(whole.trimEnd().endsWith(tail.replace(/^…/, "")));
      }),
      { numRuns: 100 },
    );
  });

  it("keeps the last 60 lines, and the end of a line that is too long", () => {
    const numbers = Array.from({ length: 100 }, (_, place) => `line ${place}`);
    assert.equal(boundTail(numbers.join("\n")), numbers.slice(40).join("\n"));
    const long = boundTail(`${"é".repeat(9000)}end`);
    assert.match(long, /^…é+end$/);
    assert.ok(Buffer.byteLength(long) > tailBytes - 10);
  });

  it("takes out what colours a terminal", () => {
    assert.equal(boundTail("\u001b[31merror\u001b[0m: x\r\n"), "error: x");
  });
});

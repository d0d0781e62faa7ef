import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fingerprint, type RedGate, wasRedBefore } from "../../../src/domain/fingerprint.ts";
import type { Failure } from "../../../src/domain/gate-output.ts";

const failure: Failure = {
  file: "src/a.rs",
  line: 3,
  test: "adds::two",
  code: "E0308",
  message: "expected 3 in /home/me/p/src/a.rs after 12 ms",
};

function red(failures: readonly Failure[], name = "test"): RedGate {
  return { name, verdict: "failed", exitCode: 1, failures };
}

describe("the fingerprint of what is red", () => {
  test("is none where nothing is", () => {
    assert.equal(fingerprint([]), null);
    assert.equal(fingerprint([{ ...red([failure]), verdict: "passed" }]), null);
    assert.equal(fingerprint([{ ...red([failure]), verdict: "skipped" }]), null);
  });

  test("knows no lines, numbers, times, paths in words, or order", () => {
    const moved = { ...failure, line: 99, message: "expected 4 in /tmp/x/src/a.rs after 7.5 s" };
    const other = { ...failure, test: "adds::three" };
    assert.equal(fingerprint([red([failure, other])]), fingerprint([red([other, moved, moved])]));
  });

  test("tells gates, files, tests, codes and words apart, and exit codes where nothing is read", () => {
    const all = [
      [red([failure])],
      [red([failure], "lint")],
      [red([{ ...failure, file: "src/b.rs" }])],
      [red([{ ...failure, test: null }])],
      [red([{ ...failure, code: null }])],
      [red([{ ...failure, message: "something else" }])],
      [red([])],
      [{ ...red([]), exitCode: 2 }],
      [{ ...red([]), verdict: "errored" as const }],
    ].map(fingerprint);
    assert.equal(new Set(all).size, all.length);
  });

  test("is the same for any order of gates and failures", () => {
    const word = fc.constantFrom("a", "b", "c", "d1", "d2");
    const failures = fc.array(fc.record({ test: word, message: word }), { minLength: 1 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(word, failures), { selector: ([n]) => n }), (gates) => {
        const results = gates.map(([name, list]) =>
          red(
            list.map((one) => ({ ...failure, ...one })),
            name,
          ),
        );
        const turned = results.toReversed().map((one) => ({
          ...one,
          failures: (one.failures ?? []).toReversed(),
        }));
        assert.equal(fingerprint(results), fingerprint(turned));
      }),
    );
  });
});

test("a gate was red before only where all that it finds now was found then", () => {
  const other = { ...failure, test: "adds::three" };
  const both = red([failure, other]);
  assert.equal(wasRedBefore(red([failure]), both), true);
  assert.equal(wasRedBefore(both, both), true);
  assert.equal(wasRedBefore(both, red([failure])), false);
  assert.equal(wasRedBefore(red([]), red([])), false, "an exit code alone tells nothing");
  assert.equal(wasRedBefore(red([failure]), { ...both, verdict: "passed" }), false);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "../../../src/lib/nearest.ts";

describe("nearest", () => {
  it("finds the word that was meant", () => {
    const words = ["target", "agents", "gates", "goal", "perTask"];
    for (const [slip, meant] of [
      ["targte", "target"],
      ["gate", "gates"],
      ["pertask", "perTask"],
      ["gaol", "goal"],
    ]) {
      assert.equal(nearest(slip ?? "", words), meant);
    }
  });

  it("suggests nothing for a word that is near to none", () => {
    assert.equal(nearest("conductor", ["goal", "log"]), null);
    assert.equal(nearest("", ["goal"]), null);
    assert.equal(nearest("x", []), null);
  });
});

describe("editDistance", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });

  it("is zero for equal texts only, the same both ways, and at most the longer length", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance === 0, a === b);
        assert.equal(distance, editDistance(b, a));
        assert.ok(distance <= Math.max(a.length, b.length));
        assert.ok(distance >= Math.abs(a.length - b.length));
      }),
    );
  });

  it("counts a swap of neighbours once", () => {
    assert.equal(editDistance("goal", "gaol"), 1);
    assert.equal(editDistance("kitten", "sitting"), 3);
  });
});

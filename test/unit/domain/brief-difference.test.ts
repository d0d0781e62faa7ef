/** What another brief says otherwise, line by line. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Brief, emptyBrief } from "../../../src/domain/brief.ts";
import { briefDifference } from "../../../src/domain/brief-difference.ts";

const brief: Brief = {
  ...emptyBrief,
  context: "The shop sells bread.\nIt has no till.",
  instructions: ["Read src/shop.ts", "Add a till", "Show the sum"],
  acceptance: ["An order is kept"],
};

describe("the difference of two briefs", () => {
  test("is the lines that have changed, each with its section, and none that have stayed", () => {
    const after = {
      ...brief,
      context: "The shop sells bread.\n\nIt has one till.",
      instructions: ["Read src/shop.ts", "Show the sum", "Print it"],
    };
    assert.deepEqual(briefDifference(brief, after), [
      "- context: It has no till.",
      "+ context: It has one till.",
      "- instructions: Add a till",
      "+ instructions: Print it",
    ]);
    assert.deepEqual(briefDifference(brief, brief), []);
  });

  test("is told of words without sections too", () => {
    const [before, after] = [
      { ...emptyBrief, raw: "Sell bread\nand cake" },
      { ...emptyBrief, raw: "Sell bread\nand tea" },
    ];
    assert.deepEqual(briefDifference(before, after), ["- and cake", "+ and tea"]);
  });

  test("of a brief that is another one from end to end is both, however long they are", () => {
    const of = (word: string): Brief => ({
      ...emptyBrief,
      instructions: Array.from({ length: 3_000 }, (_, n) => `${word} ${n}`),
    });
    const lines = briefDifference(of("bread"), of("cake"));
    assert.equal(lines.length, 6_000);
    assert.equal(lines[0], "- instructions: bread 0");
  });

  test("leads from the one to the other, whatever they say", () => {
    const items = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    fc.assert(
      fc.property(items, items, (before, after) => {
        const lines = briefDifference(
          { ...emptyBrief, tests: before },
          { ...emptyBrief, tests: after },
        );
        const count = (list: readonly string[], one: string) =>
          list.filter((item) => item === one).length;
        for (const one of ["a", "b", "c", "d"]) {
          const come = count(lines, `+ tests: ${one}`);
          const gone = count(lines, `- tests: ${one}`);
          assert.equal(count(before, one) - gone + come, count(after, one));
        }
      }),
    );
  });
});

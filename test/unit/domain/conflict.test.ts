/** What is told of a conflict, and what its joining has lost. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { conflictBounds, conflictHunks, droppedLines } from "../../../src/domain/conflict.ts";

describe("the places at odds", () => {
  test("are shown with a few lines around them, far ones apart", () => {
    const mark = (name: string) => [
      "<<<<<<< ours",
      `${name} a`,
      "=======",
      `${name} b`,
      ">>>>>>> theirs",
    ];
    const far = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    const text = [...far, ...mark("one"), ...far, ...mark("two")].join("\n");
    const shown = conflictHunks(text).split("\n");
    assert.deepEqual(shown.slice(0, 4), ["line 17", "line 18", "line 19", "<<<<<<< ours"]);
    assert.deepEqual(shown.slice(8, 13), ["line 0", "line 1", "line 2", "…", "line 17"]);
    assert.equal(shown.at(-1), ">>>>>>> theirs");
  });

  test("are bounded, and the rest is counted", () => {
    const long = Array.from({ length: 500 }, () => "x".repeat(1000));
    const shown = conflictHunks(["<<<<<<< ours", ...long, ">>>>>>> theirs"].join("\n")).split("\n");
    assert.equal(shown.length, conflictBounds.lines + 1);
    assert.match(shown.at(-1) ?? "", /^… \d+ more lines$/);
    assert.ok(shown.every((line) => line.length <= conflictBounds.columns));
  });
});

describe("lines of the other side", () => {
  const sides = (base: string | null, theirs: string | null, result: string | null) =>
    droppedLines({ path: "a", base, theirs, result });
  const table = [
    { what: "kept beside ours", of: ["a", "a\nb", "a\nc\nb"], lost: [] },
    { what: "dropped for ours", of: ["a", "a\nb", "a\nc"], lost: ["b"] },
    { what: "kept with another indentation", of: ["a", "a\n  b", "a\nif x\n\t\tb"], lost: [] },
    { what: "moved", of: ["a", "b\na", "a\nb"], lost: [] },
    { what: "of signs alone", of: ["a", "a\n}\n---", "a"], lost: [] },
    { what: "that were there before", of: ["a\nb", "a\nb", "a"], lost: [] },
    { what: "added once more than before", of: ["b", "b\nb", "c"], lost: ["b"] },
    { what: "of which one stays", of: ["b", "b\nb", "b"], lost: [] },
    { what: "of a file that is gone", of: ["a", "a\nb", null], lost: ["b"] },
    { what: "of a new file", of: [null, "n", "m"], lost: ["n"] },
    { what: "that the other side took away", of: ["a\nb", "a", "a"], lost: [] },
  ] as const;
  for (const { what, of, lost } of table) {
    test(`${what}: ${lost.length === 0 ? "none is lost" : `${lost.join(", ")} is lost`}`, () => {
      const [base, theirs, result] = of;
      assert.deepEqual(sides(base, theirs, result), lost);
    });
  }

  test("are never missed in a result that holds all of them, nor in one of ours alone", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "}", ""), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, lines, (base, added, ours) => {
        const theirs = [...base, ...added].join("\n");
        assert.deepEqual(sides(base.join("\n"), theirs, [...ours, theirs].join("\n")), []);
        const lost = sides(base.join("\n"), theirs, "");
        assert.deepEqual(new Set(lost), new Set(added.filter((line) => /\w/.test(line))));
      }),
    );
  });
});

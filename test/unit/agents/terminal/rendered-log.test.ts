import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  hasScrolled,
  isLive,
  newLines,
  wordsOf,
} from "../../../../src/agents/terminal/rendered-log.ts";

describe("the new lines of a screen", () => {
  test("are those that were not there, in their order", () => {
    const before = ["● Reading", "> "];
    assert.deepEqual(newLines(before, ["● Reading", "● Writing", "● Done", "> "]), [
      "● Writing",
      "● Done",
    ]);
  });

  test("are none where rows have only moved", () => {
    assert.deepEqual(newLines(["a", "b", "c", "d"], ["b", "c", "d", ""]), []);
  });

  test("hold a row once more that is there once more", () => {
    assert.deepEqual(newLines(["end", "x"], ["end", "x", "end"]), ["end"]);
  });

  test("hold no spinner that has turned and no counter that has counted", () => {
    assert.deepEqual(
      newLines(["✻ Brewing… (3s · ↓ 12 tokens)"], ["✶ Brewing… (14s · ↓ 340 tokens)"]),
      [],
    );
    assert.deepEqual(newLines(["⠋ Thinking"], ["⠙ Thinking", "─────", "12%"]), []);
  });

  test("are nothing at all between a screen and itself", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (rows) => {
        assert.deepEqual(newLines(rows, rows), []);
      }),
    );
  });

  test("are enough, with those before, for every row of the screen", () => {
    const rows = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const told = [...before, ...newLines(before, after)].filter((row) => row !== "");
        for (const row of after.filter((one) => one !== "")) {
          const at = told.indexOf(row);
          assert.notEqual(at, -1);
          told.splice(at, 1);
        }
      }),
    );
  });
});

describe("a screen", () => {
  test("has scrolled when its first words stand elsewhere", () => {
    assert.equal(hasScrolled(["", "a", "b"], ["", "a", "c"]), false);
    assert.equal(hasScrolled(["", "a", "b"], ["", "b", "c"]), true);
    assert.equal(hasScrolled([], ["a"]), false);
  });
});

describe("a row", () => {
  test("is told without its marks and frames", () => {
    assert.equal(wordsOf("● Wrote a/b.txt"), "Wrote a/b.txt");
    assert.equal(wordsOf("│ > Hanging          │"), "Hanging");
    assert.equal(wordsOf("  $ npm test"), "$ npm test");
  });

  test("is no word of the agent when it spins or tells the keys", () => {
    assert(isLive("⠙ Thinking"));
    assert(isLive("✻ Brewing… (3s · esc to interrupt)"));
    assert(isLive("  ⏵⏵ bypass permissions on (shift+tab to cycle)"));
    assert(isLive("     ▣  Build · Fake Model · 1.7s"));
    assert(!isLive("  One · two · three"));
    assert(!isLive("● I will describe the escape"));
  });
});

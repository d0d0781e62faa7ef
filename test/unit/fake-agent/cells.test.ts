/** Text on a grid: nothing is wider than its place, and nothing of it is lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clip, widthOf, wrap } from "../../fake-agent/tui/cells.ts";

const text = fc.array(
  fc.constantFrom("a", "word ", " ", "日本", "🎉", "é", "e\u0301", "-".repeat(9)),
  {
    maxLength: 40,
  },
);

test("wrapped rows fit their width and hold every letter of the text in order", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 30 }), (parts, cols) => {
      const whole = parts.join("");
      const rows = wrap(whole, cols);
      for (const row of rows) assert(widthOf(row) <= cols, `${JSON.stringify(row)} in ${cols}`);
      assert.equal(rows.join("").replaceAll(" ", ""), whole.replaceAll(" ", ""));
    }),
  );
});

test("a clipped text is the longest beginning that fits", () => {
  assert.equal(clip("abcdef", 4), "abcd");
  assert.equal(clip("a日本", 4), "a日");
  assert.equal(clip("🎉🎉", 4), "🎉🎉");
  assert.equal(widthOf("e\u0301日🎉"), 5);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { alignColumns, cellsOf, cutCells, padCells } from "../../../src/domain/view-columns.ts";

describe("text on a terminal", () => {
  for (const [text, cells] of [
    ["", 0],
    ["plain", 5],
    ["ünïcode", 7],
    ["e\u0301", 1],
    ["漢字", 4],
    ["한글", 4],
    ["ｆｕｌｌ", 8],
    ["🙂", 2],
    ["👩‍💻", 4],
    ["→ · …", 5],
  ] as const) {
    it(`takes ${cells} cells: ${text}`, () => assert.equal(cellsOf(text), cells));
  }

  it("is cut to the cells that there are, whatever its letters", () => {
    const unit = fc.constantFrom("a", "é", "漢", "🙂", "\u0301", "—", " ");
    fc.assert(
      fc.property(fc.string({ unit }), fc.nat(30), (text, cells) => {
        const cut = cutCells(text, cells);
        assert.ok(cellsOf(cut) <= cells, cut);
        if (cellsOf(text) <= cells) assert.equal(cut, text);
        else if (cells > 0) assert.ok(cut.endsWith("…"));
        assert.ok(cellsOf(padCells(cut, cells)) >= cells);
      }),
    );
  });

  it("stands in columns that are aligned by cells, on one line, without what a terminal obeys", () => {
    const rows = [
      ["a", "漢字", "one\ntwo"],
      ["long", "b", "\u001b[31mred"],
    ];
    assert.deepEqual(alignColumns(rows, null), ["a     漢字  one two", "long  b     [31mred"]);
    assert.deepEqual(alignColumns(rows, 12), ["a     漢字 …", "long  b    …"]);
  });
});

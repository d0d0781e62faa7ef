import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatMark, parseMark } from "../../../../src/agents/terminal/prompt-mark.ts";

describe("what is kept of a prompt", () => {
  test("is read again as it was written", () => {
    const mark = { id: "T-1/1/2", at: 12, phase: "submitted" } as const;
    assert.deepEqual(parseMark(formatMark(mark)), mark);
  });

  test("is nothing where nothing was kept, or somebody else has written", () => {
    for (const text of [null, "", "hello", "{}", '{"id":"a","at":1,"phase":"done"}']) {
      assert.equal(parseMark(text), null);
    }
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dangerousCommands } from "../../../src/agents/dangerous.ts";
import { dangerOf } from "../../../src/domain/ask-rules.ts";

const entries = dangerousCommands();

describe("a dangerous command", () => {
  for (const entry of entries) {
    test(`is one that ${entry.why}`, () => {
      for (const hit of entry.hits) assert.equal(dangerOf(hit, [entry]), entry.why, hit);
      for (const spared of entry.spares) assert.equal(dangerOf(spared, entries), null, spared);
    });
  }

  test("is found in the midst of others, and is looked for in no time that matters", () => {
    assert.notEqual(dangerOf("npm ci && (cd x; rm -rf ~) | tee log", entries), null);
    const parts = [
      "git ",
      "rm ",
      "- ",
      "/ ",
      "chmod ",
      "a",
      "$(",
      "aws ",
      "( ) {",
      "curl ",
      "`",
      "sh -c ",
      "A=b ",
    ];
    for (const part of parts) {
      // It ends: that is all that is said here.
      dangerOf(part.repeat(9_000 / part.length), entries);
    }
  });
});

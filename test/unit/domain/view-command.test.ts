import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLines } from "../../../src/domain/view-command.ts";

test("a command is told whole, each of its lines, and what no eye would see by its number", () => {
  const long = `npm test -- ${"x".repeat(5_000)}`;
  assert.deepEqual(commandLines(long), [long]);
  assert.deepEqual(commandLines("a && b\nc\r\nd\u2028e"), ["a && b", "c", "d", "e"]);
  assert.deepEqual(commandLines("rm\u200b \u202ex\u001b[2K\u{e0041}é日👍"), [
    "rm<U+200B> <U+202E>x<U+001B>[2K<U+E0041>é日👍",
  ]);
});

import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { jsonLine, parseJson } from "../../../src/lib/json-text.ts";

test("reads what JSON is, and nothing else", () => {
  const value = { a: [1, { b: '"[{\\' }], c: null, d: "ä\u0000" };
  assert.deepEqual(parseJson(JSON.stringify(value)), value);
  for (const text of ["", "{", "nothing", "[1]\u0000", '{"a":1}{"b":2}']) {
    assert.equal(parseJson(text), undefined, text);
  }
});

test("takes no value that is nested so deep that it could not be written again", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  const deep = (depth: number): string => `{"a":${nested(depth)}}`;
  for (const depth of [600, 10_000, 1_000_000]) {
    assert.equal(parseJson(deep(depth)), undefined, String(depth));
    assert.equal(parseJson('{"a":'.repeat(depth)), undefined, String(depth));
  }
  const value = parseJson(deep(400));
  assert.equal(JSON.stringify(value), deep(400));
  assert(isDeepStrictEqual(value, parseJson(deep(400))));
});

test("does not take brackets within strings for nesting, nor many values for deep ones", () => {
  const text = JSON.stringify({ code: '[{"\\'.repeat(5_000), rows: Array(5_000).fill([{}]) });
  assert.notEqual(parseJson(text), undefined);
});

test("writes a line that is one for every reader", async () => {
  const value = { text: "a\u2028b\u2029c\r\nd\u0085e\u000bf" };
  const lines = createInterface({ input: Readable.from([jsonLine(value)]) });
  assert.deepEqual((await Array.fromAsync(lines)).map(parseJson), [value]);
});

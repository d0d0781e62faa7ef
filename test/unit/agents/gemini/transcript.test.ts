import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  emptyTranscript,
  readEntry,
  type TranscriptUse,
} from "../../../../src/agents/gemini/transcript.ts";
import { sumOf } from "../../../../src/agents/hooks/turn-use.ts";

const at = "2026-11-28T20:45:44.276Z";
const tokens = { input: 12_069, output: 12, cached: 100, thoughts: 8, tool: 0, total: 12_089 };

function prompt(text: string) {
  return { id: `u-${text}`, timestamp: at, type: "user", content: [{ text }] };
}

function answer(id: string, content: string, more = {}) {
  return { id, timestamp: at, type: "gemini", content, thoughts: [], tokens, ...more };
}

const toolResult = {
  id: "r",
  type: "user",
  content: [{ functionResponse: { name: "write_file" } }],
};

function note(type: "error" | "info", content: string) {
  return { id: `${type}-${content}`, timestamp: at, type, content };
}

function read(...entries: readonly unknown[]): TranscriptUse {
  return entries.reduce<TranscriptUse>(
    (use, entry) => readEntry(use, typeof entry === "string" ? entry : JSON.stringify(entry)),
    emptyTranscript,
  );
}

describe("a transcript of Gemini CLI", () => {
  test("counts each answer once, however often it is written, and all of a turn", () => {
    const call = { toolCalls: [{ name: "write_file" }] };
    const use = read(
      prompt("Do it"),
      answer("a", "I will."),
      { $set: { lastUpdated: at } },
      answer("a", "I will.", call),
      toolResult,
      answer("b", "First.\nIt is done."),
    );
    assert.deepEqual(sumOf(use), { input: 24_138, cached: 200, output: 40 });
    assert.deepEqual([use.contextUsed, use.end, use.says], [12_069, "completed", "It is done."]);
    assert.equal(use.endedAt, Date.parse(at));
  });

  test("goes on while a tool is called, and after its result", () => {
    const call = answer("a", "I will.", { toolCalls: [{ name: "write_file" }] });
    assert.equal(read(prompt("Do it"), call).end, null);
    assert.equal(read(prompt("Do it"), answer("a", "I will."), toolResult).end, null);
  });

  test("tells an error by its own words, and an end at the keys, which no further entry undoes", () => {
    const error = note("error", '[API Error: {"error":{"code":400}}]\nPlease wait.');
    const advice = note("info", "This request failed. Press F12 for diagnostics.");
    const failed = read(prompt("Do it"), error, advice);
    assert.deepEqual([failed.end, failed.says], ["failed", '{"error":{"code":400}}']);
    const again = [prompt("<session_context>\nsurroundings"), answer("o", "old", { tokens: null })];
    const cancelled = read(
      prompt("Do it"),
      note("info", "Request cancelled."),
      ...again,
      toolResult,
    );
    assert.deepEqual([cancelled.end, cancelled.says], ["interrupted", ""]);
  });

  test("begins anew with each prompt", () => {
    const use = read(prompt("One"), answer("a", "Done."), prompt("Two"));
    assert.deepEqual([use.steps.size, use.end, use.contextUsed], [0, null, 12_069]);
  });

  test("passes over what it cannot read", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        assert.equal(read(line).steps.size, 0);
      }),
    );
  });
});

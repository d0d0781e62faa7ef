import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  emptyTranscript,
  fateOf,
  readEntry,
  type TranscriptUse,
} from "../../../../src/agents/claude/transcript.ts";
import { sumOf } from "../../../../src/agents/hooks/turn-use.ts";

const usage = {
  input_tokens: 12,
  cache_creation_input_tokens: 100,
  cache_read_input_tokens: 1_000,
  output_tokens: 5,
};

function prompt(promptId: string, content: unknown = "Do it") {
  return { type: "user", isSidechain: false, promptId, message: { role: "user", content } };
}

function step(id: string, stop: string | null, more = {}) {
  const message = { id, model: "claude", stop_reason: stop, content: [], usage };
  return { type: "assistant", isSidechain: false, message, ...more };
}

function read(...entries: readonly unknown[]): TranscriptUse {
  return entries.reduce<TranscriptUse>(
    (use, entry) => readEntry(use, typeof entry === "string" ? entry : JSON.stringify(entry)),
    emptyTranscript,
  );
}

describe("a transcript", () => {
  test("counts a message once, however many entries it has, and all of a turn", () => {
    const use = read(
      prompt("one"),
      step("a", "tool_use"),
      step("a", "tool_use"),
      prompt("one", [{ type: "tool_result" }]),
      step("b", "end_turn"),
    );
    assert.deepEqual(sumOf(use), { input: 2_224, cached: 2_000, output: 10 });
    assert.equal(use.contextUsed, 1_112);
    assert.equal(use.isWhole, true);
  });

  test("begins anew with each prompt", () => {
    const use = read(prompt("one"), step("a", "end_turn"), prompt("two"));
    assert.deepEqual([use.promptId, use.steps.size, use.isWhole], ["two", 0, false]);
  });

  describe("of a turn with hooks of the person's own", () => {
    const at = Date.parse("2026-11-29T07:04:29.826Z");
    const begun = [prompt("one"), step("a", "end_turn")];
    const summary = (id: string, after: number, hookErrors: readonly string[] = []) => {
      const timestamp = new Date(at + after).toISOString();
      const kind = { type: "system", subtype: "stop_hook_summary", isSidechain: false };
      return { ...kind, toolUseID: id, timestamp, hookErrors };
    };
    const blocks = (id: string, hookEvent = "Stop") => {
      const attachment = { type: "hook_blocking_error", hookEvent, toolUseID: id };
      return { type: "attachment", isSidechain: false, attachment };
    };
    const over = { type: "system", subtype: "turn_duration", isSidechain: false };

    test("it is over when all of them have run", () => {
      assert.equal(fateOf(read(...begun), at), null);
      assert.equal(fateOf(read(...begun, summary("x", 0)), at), "over");
      assert.equal(fateOf(read(...begun, summary("x", 0)), at + 1), null, "of an end before");
    });

    test("it goes on where one has sent it back, in whatever order that is written", () => {
      const [stop, back] = [summary("x", 0, ["Not yet."]), blocks("x")];
      assert.equal(fateOf(read(...begun, stop), at), null);
      for (const entries of [
        [stop, back],
        [back, stop],
      ]) {
        const use = read(...begun, ...entries, step("b", "end_turn"), summary("y", 74), over);
        assert.equal(fateOf(use, at - 20), "sent_back");
        assert.equal(fateOf(use, at + 1), "over");
      }
    });

    test("it is over where one has failed, or a tool's was refused", () => {
      const use = read(...begun, blocks("x", "PreToolUse"), summary("x", 0, ["exit 1"]));
      assert.equal(fateOf(use, at), null);
      assert.equal(fateOf(readEntry(use, JSON.stringify(over)), at), "over");
    });

    test("nothing is left of it in the next turn, and a time that is none is no end", () => {
      const use = read(...begun, blocks("x"), summary("x", 0), over, prompt("two"));
      assert.deepEqual([use.stops.length, use.sentBack.size, use.isOver], [0, 0, false]);
      const soon = { ...summary("x", 0), timestamp: "soon" };
      assert.equal(fateOf(read(...begun, soon), 0), null);
    });
  });

  test("is not whole before the last words of its turn", () => {
    assert.equal(read(prompt("one"), step("a", "tool_use")).isWhole, false);
    const after = prompt("one", [{ type: "tool_result" }]);
    assert.equal(read(prompt("one"), step("a", "tool_use"), after).isWhole, false);
    const error = { type: "assistant", message: { id: "e", model: "<synthetic>", usage } };
    const use = read(prompt("one"), error);
    assert.deepEqual([use.isWhole, use.steps.size], [true, 0]);
  });

  test("tells that the turn was ended at the keys", () => {
    for (const words of ["by user", "by user for tool use"]) {
      const content = [{ type: "text", text: `[Request interrupted ${words}]` }];
      assert.equal(read(prompt("one"), prompt("one", content)).isInterrupted, true);
    }
    const quoted = [{ type: "text", text: "What is [Request interrupted by user]?" }];
    assert.equal(read(prompt("one"), prompt("one", quoted)).isInterrupted, false);
  });

  test("counts what a subagent uses, which is not in the conversation", () => {
    const use = read(prompt("one"), step("a", "tool_use"), step("s", null, { isSidechain: true }));
    assert.equal(sumOf(use).input, 2_224);
    assert.equal(use.contextUsed, 1_112);
    assert.equal(use.isWhole, false);
  });

  test("passes over what it cannot read", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        assert.deepEqual(sumOf(read(line)), { input: 0, cached: 0, output: 0 });
      }),
    );
  });
});

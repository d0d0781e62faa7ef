/** What an agent of the protocol tells, whatever it is: read without a throw, in bounds, and once. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parsePermission, parseSessionUpdate } from "../../src/agents/acp/message.ts";
import { readPermission } from "../../src/agents/acp/permission.ts";
import { readForm } from "../../src/agents/acp/question.ts";
import { type Reply, readEnd } from "../../src/agents/acp/read-end.ts";
import { newConversation, newTurn, readUpdate } from "../../src/agents/acp/read-update.ts";
import { mergeTool } from "../../src/agents/acp/tool.ts";
import type { Fact } from "../../src/agents/protocol/line.ts";

const time = { now: Date.parse("2026-11-20T12:00:00Z"), zone: "UTC" };
const kinds = [
  "agent_message_chunk",
  "agent_thought_chunk",
  "tool_call",
  "tool_call_update",
  "plan",
  "usage_update",
  "session_info_update",
  "of_a_later_version",
];
const keys = [
  "content",
  "toolCallId",
  "title",
  "kind",
  "status",
  "rawInput",
  "locations",
  "messageId",
  "used",
  "size",
  "cost",
  "entries",
  "_meta",
];

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("completed", "failed", "execute", "edit", "one", 12, 0),
  fc.string().map((text) => ({ type: "text", text })),
  fc.string().map((text) => [{ type: "content", content: { type: "text", text } }]),
  fc.string().map((path) => [{ type: "diff", path }]),
);
const update = fc
  .tuple(fc.constantFrom(...kinds), fc.dictionary(fc.constantFrom(...keys), value))
  .map(([sessionUpdate, rest]) => ({ sessionUpdate, ...rest }));
const result = fc.oneof(
  fc.jsonValue(),
  fc.record({
    stopReason: fc.constantFrom("end_turn", "cancelled", "refusal", "other"),
    usage: fc.jsonValue(),
    _meta: fc.jsonValue(),
  }),
);
const reply: fc.Arbitrary<Reply> = fc.oneof(
  result.map((told): Reply => ({ ok: true, result: told })),
  fc
    .record({ code: fc.integer(), message: fc.string(), data: fc.jsonValue() })
    .map((error): Reply => ({ ok: false, error })),
);

describe("what an agent of the protocol tells", () => {
  test("becomes facts in bounds, and its answer exactly one end", () => {
    fc.assert(
      fc.property(fc.array(update, { maxLength: 20 }), reply, (updates, answer) => {
        let memory = newTurn(newConversation("/workspace"));
        const facts: Fact[] = [];
        for (const one of updates) {
          const parsed = parseSessionUpdate({ sessionId: "s", update: one });
          assert(parsed !== null, "an update with a kind is one");
          const read = readUpdate(memory, parsed.update);
          memory = read.memory;
          facts.push(...read.facts);
        }
        assert(memory.words.length <= 4_100);
        for (const fact of facts) {
          if (fact.type === "activity") {
            assert(fact.says !== "" && fact.says.length <= 200 && !fact.says.includes("\n"));
          }
          assert(fact.type === "activity" || fact.type === "output" || fact.type === "usage");
        }
        const end = readEnd(memory, answer, { isStopped: false, time });
        assert.deepEqual(
          end.filter(({ type }) => type === "over").map((fact) => end.indexOf(fact)),
          [end.length - 1],
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test("as a permission or a form is an ask with choices of their own, or none", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (toolCall, options) => {
        const request = parsePermission({ sessionId: "s", toolCall, options });
        if (request === null) return;
        const tool = mergeTool(undefined, request.toolCall, "/workspace");
        const { ask, wants } = readPermission("A-1", request, tool);
        assert.equal(new Set(ask.choices).size, ask.choices.length);
        for (const label of [wants.allow, wants.refuse])
          assert(label === null || ask.choices.includes(label));
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), (params) => void readForm(params)));
  });
});

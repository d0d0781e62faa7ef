import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { emptyMemory, readMessage } from "../../../../src/agents/claude/read-stream.ts";
import { parseMessage } from "../../../../src/agents/claude/stream-message.ts";
import type { Fact } from "../../../../src/agents/protocol/line.ts";

const recorded = join(import.meta.dirname, "../../../fixtures/streams/claude");

function read(lines: readonly string[]): readonly Fact[] {
  let memory = emptyMemory;
  return lines.flatMap((line) => {
    const message = parseMessage(JSON.parse(line));
    if (message === null) return [];
    const step = readMessage(memory, message, () => null);
    memory = step.memory;
    return step.facts;
  });
}

function factsOf(name: string): readonly Fact[] {
  return read(
    readFileSync(join(recorded, name, "stream.jsonl"), "utf8")
      .trim()
      .split("\n"),
  );
}

function only<Type extends Fact["type"]>(facts: readonly Fact[], type: Type) {
  // The type was compared: there is no other way to tell the compiler.
  return facts.filter((fact) => fact.type === type) as Extract<Fact, { type: Type }>[];
}

describe("a recorded stream of Claude Code", () => {
  it("ends each turn once, as it ended", () => {
    for (const [name, ...ends] of [
      ["task", "completed"],
      ["multi-perm", "completed"],
      ["multi-int", "failed", "completed"],
      ["denied", "completed"],
      ["limit-after-tool", "failed"],
      ["err403", "failed"],
      ["credit", "failed"],
      ["toolong", "failed"],
      ["cut", "completed"],
      ["budget", "failed"],
      ["rate429once-3", "completed"],
    ] as const) {
      const told = only(factsOf(name), "over").map((fact) => fact.end.result);
      assert.deepEqual(told, ends, name);
    }
  });

  it("is no success where a result says `success` and `is_error`", () => {
    const [over] = only(factsOf("limit-after-tool"), "over");
    assert.deepEqual(over?.end, {
      result: "failed",
      why: "API Error: Request rejected (429) · You've hit your usage limit (fake)",
    });
  });

  it("tells a limit before the end of its turn, and what kind it is", () => {
    const facts = factsOf("limit-after-tool");
    const [limit] = only(facts, "limit");
    assert.equal(limit?.limit.kind, "usage");
    assert(facts.findIndex((fact) => fact.type === "limit") < facts.length - 1);
    assert.equal(only(factsOf("credit"), "limit")[0]?.limit.kind, "billing");
    assert.deepEqual(only(factsOf("err403"), "limit"), []);
  });

  it("says of an agent that is not logged in that further prompts are of no use", () => {
    const [over] = only(factsOf("err403"), "over");
    assert(over?.end.result === "failed");
    assert.equal(over.end.isBroken, true);
    const [other] = only(factsOf("toolong"), "over");
    assert(other?.end.result === "failed");
    assert.equal(other.end.isBroken, undefined);
  });

  it("tells a retry, which looks like work", () => {
    const [retrying] = only(factsOf("rate429once-3"), "retrying");
    assert.equal(retrying?.says, "429 rate_limit: again in 3 s, attempt 1 of 10");
  });

  it("counts the tokens of all steps, and as context those of the last", () => {
    const usages = only(factsOf("multi-perm"), "usage");
    assert.deepEqual(usages.at(-1)?.usage, {
      inputTokens: 43_444,
      cachedTokens: 43_420,
      outputTokens: 63,
      costUsd: 0.023405000000000002,
      context: { used: 21_783, size: 1_000_000, by: "the agent's stream" },
    });
  });

  it("knows the window before the first result, by the name of the model, and says so", () => {
    const usages = only(factsOf("multi-perm"), "usage").map(({ usage }) => usage.context);
    assert.equal(usages[0]?.isAssumed, true);
    assert(usages.every((context) => context?.size === 1_000_000));
    assert.equal(usages.at(-1)?.isAssumed, undefined);
  });

  it("tells how much of the plan is used, as of the last event that says so", () => {
    const limit = (info: object) =>
      JSON.stringify({ type: "rate_limit_event", rate_limit_info: { status: "allowed", ...info } });
    const step = (id: string) =>
      JSON.stringify({
        type: "assistant",
        message: { id, content: [], usage: { input_tokens: 10, cache_read_input_tokens: 90 } },
      });
    const told = only(
      read([
        step("m1"),
        limit({ utilization: 0.91, rateLimitType: "five_hour", resetsAt: 1_795_221_968 }),
        step("m2"),
        limit({}),
        step("m3"),
      ]),
      "usage",
    ).map(({ usage }) => usage.quota);
    const quota = { percent: 91, resetsAt: 1_795_221_968_000, by: "claude's 5 h limit" };
    assert.deepEqual(told, [undefined, quota, quota]);
  });

  it("announces that the conversation is about to be compacted", () => {
    const status = JSON.stringify({ type: "system", subtype: "status", status: "compacting" });
    assert.equal(only(read([status]), "compacting").length, 1);
  });

  it("counts the cost of a turn, where the stream tells that of all turns", () => {
    const result = (cost: number) =>
      JSON.stringify({
        type: "result",
        subtype: "success",
        is_error: false,
        num_turns: 1,
        result: "ok",
        total_cost_usd: cost,
      });
    const costs = only(read([result(0.25), result(0.75)]), "usage").map((one) => one.usage.costUsd);
    assert.deepEqual(costs, [0.25, 0.5]);
  });

  it("takes the reset time of a subscription from its own event", () => {
    const facts = read([
      JSON.stringify({
        type: "rate_limit_event",
        rate_limit_info: {
          status: "rejected",
          resetsAt: 1_795_900_000,
          rateLimitType: "five_hour",
        },
      }),
      JSON.stringify({
        type: "result",
        subtype: "success",
        is_error: true,
        api_error_status: 429,
        num_turns: 1,
        result: "You've hit your session limit",
        total_cost_usd: 0,
      }),
    ]);
    assert.deepEqual(only(facts, "limit")[0]?.limit, {
      kind: "usage",
      until: 1_795_900_000_000,
      says: "You've hit your session limit",
    });
  });

  it("counts nothing of a subagent as the context of the conversation", () => {
    const of = (parent: string | null) =>
      JSON.stringify({
        type: "assistant",
        parent_tool_use_id: parent,
        message: {
          id: `m-${parent}`,
          content: [{ type: "text", text: "words" }],
          usage: { input_tokens: 7, output_tokens: 1 },
        },
      });
    assert.deepEqual(only(read([of("tool-1")]), "usage"), []);
    assert.equal(only(read([of(null)]), "usage").length, 1);
  });
});

describe("any JSON in the place of a message", () => {
  it("is passed over or read, and never thrown at", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("system", "assistant", "result", "rate_limit_event", "control_request"),
        (value, type) => {
          const whole = typeof value === "object" && value !== null ? { ...value, type } : value;
          const message = parseMessage(whole);
          if (message !== null) readMessage(emptyMemory, message, () => null);
        },
      ),
    );
  });
});

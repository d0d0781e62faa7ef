/** Errors of agents: their words, limits and whether another prompt would do. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readFailure } from "../../../../src/agents/acp/failure.ts";
import { withoutProbe } from "../../../../src/agents/acp/probe.ts";

const time = { now: Date.parse("2026-11-20T12:00:00Z"), zone: "UTC" };

describe("an error of an agent", () => {
  test("is told in its own words, wherever it keeps them", () => {
    for (const [message, data, why] of [
      ["Internal error: no luck", undefined, "no luck"],
      ["Internal error", { message: "no luck" }, "no luck"],
      ["Internal error", { details: "no luck" }, "no luck"],
      ["Internal error", "no luck", "no luck"],
      ['{"error":{"code":400,"message":"no luck"}}', undefined, "no luck"],
      ['{"message":"no luck"}', { message: 7 }, "no luck"],
      ["{ no JSON", undefined, "{ no JSON"],
      ["Internal error:", {}, "it did not say why"],
    ] as const) {
      assert.equal(readFailure({ code: -32_603, message, data }, time).why, why);
    }
  });

  test("is a limit by its name, its number or its words, of the kind that its words tell", () => {
    for (const [code, message, data, kind] of [
      [-32_603, "no", { errorKind: "rate_limit" }, "rate"],
      [-32_603, "You've hit your usage limit", { errorKind: "rate_limit" }, "usage"],
      [-32_603, "no", { errorKind: "billing_error" }, "billing"],
      [-32_603, "no", { codexErrorInfo: "usageLimitExceeded" }, "usage"],
      [-32_603, "no", { codex_error_info: "usage_limit_exceeded" }, "usage"],
      [-32_603, "no", { codexErrorInfo: { serverOverloaded: {} } }, "overload"],
      [429, "Resource has been exhausted (e.g. check quota).", undefined, "rate"],
      [429, "You have exhausted your daily quota on this model.", undefined, "usage"],
      [529, "no", undefined, "overload"],
      [-32_603, "API Error: 529 Overloaded.", { errorKind: "server_error" }, "overload"],
      [-32_603, "Too many requests", undefined, "rate"],
      [-32_603, "insufficient_quota", undefined, "billing"],
      [-32_603, "no such file: limits.md", { codexErrorInfo: "other" }, null],
      [500, "terminated", undefined, null],
    ] as const) {
      const { limit } = readFailure({ code, message, data }, time);
      assert.equal(limit?.kind ?? null, kind, `${code} ${message}`);
    }
  });

  test("is for good where nobody is logged in, the model is unknown or the server is not there", () => {
    for (const [code, message, data, isBroken] of [
      [-32_000, "Authentication required", undefined, true],
      [401, "no", undefined, true],
      [403, "no", undefined, true],
      [404, "no such model", undefined, true],
      [404, "no such thing", undefined, false],
      [-32_603, "no", { errorKind: "authentication_failed" }, true],
      [-32_603, "no", { errorKind: "model_not_found" }, true],
      [-32_603, "Incorrect API key provided: x.", undefined, true],
      [-32_603, "Please run /login", undefined, true],
      [-32_603, "connect ECONNREFUSED 127.0.0.1:1", undefined, true],
      [-32_603, "API Error: 500", undefined, false],
      [429, "slow down", undefined, false],
    ] as const) {
      const failure = readFailure({ code, message, data }, time);
      assert.equal(failure.isBroken, isBroken, `${code} ${message}`);
    }
  });
});

describe("what an agent prints about our asking whether it reads", () => {
  const complaint = (method: string) =>
    `Error handling request {\n  jsonrpc: "2.0",\n  method: "${method}",\n  params: {},\n} {\n  code: -32601,\n}\n`;

  test("is left out, and nothing else with it", () => {
    const text = `before\n${complaint("_temoin/received")}between\n${complaint("session/prompt")}after\n`;
    assert.equal(withoutProbe(text), `before\nbetween\n${complaint("session/prompt")}after\n`);
  });
});

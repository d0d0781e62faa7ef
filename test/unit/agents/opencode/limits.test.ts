import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitOfError, limitOfRetry, type Retry } from "../../../../src/agents/opencode/limits.ts";

const now = Date.parse("2026-11-28T19:23:34Z");
const context = { now, zone: "UTC" };

function retry(message: string, waitMs: number, more: Partial<Retry> = {}): Retry {
  return { type: "retry", attempt: 1, message, next: now + waitMs, isPlanUsedUp: false, ...more };
}

describe("a request that opencode repeats", () => {
  it("is worth waiting for where nothing is used up and the wait is short", () => {
    for (const message of [
      "Rate limit reached for m in organization o on tokens per min (TPM): Limit 30000, Used 29000",
      "Too Many Requests",
      "Provider is overloaded",
      "Connection reset by server",
      "Cannot connect to API: Unable to connect.",
    ]) {
      assert.equal(limitOfRetry(retry(message, 2_300), context), null, message);
      assert.equal(limitOfRetry(retry(message, 60_000), context), null, message);
      // Its own wait grows without bound, and tells nothing of the provider.
      const ownWait = retry(message, 2_000 * 2 ** 9 * 1.2, { attempt: 10 });
      assert.equal(limitOfRetry(ownWait, context), null, message);
    }
  });

  it("is a limit where the provider names a time that is far away", () => {
    const until = now + 600_000;
    const says = "Rate limit reached";
    assert.deepEqual(limitOfRetry(retry(says, 600_000), context), { kind: "rate", until, says });
    const overload = limitOfRetry(retry("Provider is overloaded", 600_000), context);
    assert.equal(overload?.kind, "overload");
  });

  it("is a limit where a plan is used up; its reset is what the provider names", () => {
    const limitOf = (one: Retry) => {
      const { kind, until } = limitOfRetry(one, context) ?? {};
      return [kind, until];
    };
    const used = "The usage limit has been reached";
    assert.deepEqual(limitOf(retry(used, 2_200)), ["usage", null]);
    assert.deepEqual(limitOf(retry(used, 3_600_000)), ["usage", now + 3_600_000]);
    const go = "5 hour usage limit reached. It will reset in 2 hours 5 minutes.";
    assert.deepEqual(limitOf(retry(go, 2_200)), ["usage", now + 7_500_000]);
    const free = retry("Free usage exceeded, subscribe to Go", 2_200, { isPlanUsedUp: true });
    assert.deepEqual(limitOf(free), ["usage", null]);
    assert.deepEqual(limitOf(retry("Insufficient credits", 2_200)), ["billing", null]);
  });
});

describe("an error after which opencode does not ask again", () => {
  it("is a limit by its status alone", () => {
    const kindOf = (status: number | null, message: string) =>
      limitOfError({ name: "APIError", status, message }, context)?.kind ?? null;
    assert.equal(kindOf(402, "Payment required"), "billing");
    assert.equal(kindOf(429, "Too many requests"), "rate");
    assert.equal(kindOf(400, "usage: model is required"), null);
    assert.equal(kindOf(null, "Aborted"), null);
  });
});

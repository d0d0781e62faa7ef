import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  contextFullness,
  fullest,
  fullestQuota,
  withWindow,
} from "../../../src/domain/fullness.ts";

describe("how full a conversation is", () => {
  it("is unknown as long as nobody tells it, and then has no percentage", () => {
    for (const usage of [null, {}, { inputTokens: 1_000_000 }]) {
      const { percent, source, says } = contextFullness(usage);
      assert.deepEqual([percent, source, says], [null, "unknown", "context unknown"]);
    }
    const { percent, source, says } = contextFullness({ context: { used: 34_499, size: null } });
    assert.deepEqual([percent, source], [null, "unknown"]);
    assert.equal(says, "context 34k tokens, of an unknown window");
  });

  it("is told with its source, rounded down", () => {
    const context = { used: 195_999, size: 200_000, by: "claude's stream" };
    const told = contextFullness({ context });
    assert.deepEqual([told.source, told.says], ["cli", "context 97 % (claude's stream)"]);
    const assumed = contextFullness({ context: { ...context, isAssumed: true } });
    assert.equal(assumed.source, "profile");
    assert.equal(assumed.says, "context 97 % (claude's stream; window assumed)");
  });

  it("is measured by the window that a person has written, whatever the CLI tells", () => {
    const usage = { inputTokens: 7, context: { used: 50_000, size: 1_000_000 } };
    const { percent, source } = contextFullness(withWindow(usage, 100_000));
    assert.deepEqual([percent, source], [50, "profile"]);
    assert.deepEqual(withWindow({ inputTokens: 7 }, 100_000), { inputTokens: 7 });
    assert.deepEqual(withWindow(usage, undefined), usage);
  });

  it("is the fuller of context and plan, where both are known", () => {
    const context = { used: 50, size: 100 };
    const quota = { percent: 80, by: "its plan", resetsAt: null };
    assert.deepEqual(
      [{ context, quota }, { context }, { quota }, {}, null].map((usage) => fullest(usage)),
      [80, 50, 80, null, null],
    );
  });

  it("grows with what is used, and is known wherever the window is", () => {
    const tokens = fc.integer({ min: 0, max: 2_000_000 });
    fc.assert(
      fc.property(tokens, tokens, fc.integer({ min: 1, max: 2_000_000 }), (one, more, size) => {
        const less = contextFullness({ context: { used: one, size } }).percent;
        const full = contextFullness({ context: { used: one + more, size } }).percent;
        assert(less !== null && full !== null && less <= full);
      }),
    );
  });
});

describe("the quota of a plan", () => {
  it("is that of its fullest window", () => {
    const quota = (percent: number) => ({ percent, resetsAt: null, by: `${percent}` });
    assert.equal(fullestQuota([]), null);
    assert.equal(fullestQuota([quota(40), quota(92), quota(7)])?.percent, 92);
  });
});

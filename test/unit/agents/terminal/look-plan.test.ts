import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextLookAt, type Written } from "../../../../src/agents/terminal/look-plan.ts";

const atRest = { settleMs: 150, spinnerMs: null, isEager: false, isAttentive: false };
const spinning = { ...atRest, spinnerMs: 1_000 };

function written(more: Partial<Written> = {}): Written {
  return { since: 5_000, lastAt: 5_000, hasEdge: false, isInFrame: false, lookedAt: 0, ...more };
}

describe("the next look at a screen", () => {
  test("never comes while nothing is written", () => {
    for (const how of [atRest, spinning, { ...atRest, isAttentive: true }]) {
      assert.equal(nextLookAt(written({ since: null, hasEdge: true }), how), null);
    }
  });

  test("waits until the writing has settled", () => {
    assert.equal(nextLookAt(written({ lastAt: 9_000 }), atRest), 9_150);
  });

  test("comes at once when a title or a sequence says something new", () => {
    assert.equal(nextLookAt(written({ lastAt: 5_010, hasEdge: true }), atRest), 5_010);
  });

  test("waits for the end of a frame, and not for ever", () => {
    const edge = written({ lastAt: 5_010, hasEdge: true, isInFrame: true });
    assert.equal(nextLookAt(edge, atRest), 5_110);
  });

  test("comes about each second while a spinner redraws for ever and a turn runs", () => {
    assert.equal(nextLookAt(written({ lastAt: 5_990 }), spinning), 6_000);
    assert.equal(nextLookAt(written({ lastAt: 7_000, lookedAt: 6_000 }), spinning), 7_000);
  });

  test("comes again after the settling time while something new was not seen twice", () => {
    const eager = { ...atRest, isEager: true };
    assert.equal(nextLookAt(written({ lastAt: 5_090, lookedAt: 5_000 }), eager), 5_150);
    assert.equal(nextLookAt(written({ lastAt: 5_000, lookedAt: 4_000 }), eager), 5_150);
  });

  test("comes soon for one who waits for the answer to a key", () => {
    const attentive = { ...atRest, isAttentive: true };
    assert.equal(nextLookAt(written({ lookedAt: 4_990 }), attentive), 5_030);
    assert.equal(nextLookAt(written({ lookedAt: 1_000 }), attentive), 5_000);
  });
});

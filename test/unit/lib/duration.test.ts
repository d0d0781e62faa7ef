import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../src/lib/duration.ts";

describe("a duration", () => {
  it("is read from its units, the larger one first", () => {
    const read = {
      "30s": 30_000,
      "10m": 600_000,
      "2h": 7_200_000,
      "1500ms": 1500,
      "1h30m": 5_400_000,
      "1d": 86_400_000,
      "1m5ms": 60_005,
      "0s": 0,
    };
    for (const [text, ms] of Object.entries(read)) assert.equal(parseDuration(text), ms, text);
  });

  it("is nothing without a unit, in another order, or negative", () => {
    for (const text of [
      "",
      " ",
      "30",
      "m",
      "30m1h",
      "-1s",
      "1.5h",
      "1 h",
      "1h1h",
      "soon",
      `${"9".repeat(30)}d`,
    ]) {
      assert.equal(parseDuration(text), null, text);
    }
  });

  it("is read back from what is written of it", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (ms) => {
        assert.equal(parseDuration(formatDuration(ms)), ms);
      }),
    );
    assert.equal(formatDuration(90_000), "1m30s");
  });
});

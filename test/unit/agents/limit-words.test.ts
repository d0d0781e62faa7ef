import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readLimit } from "../../../src/agents/limit-words.ts";

const now = Date.parse("2026-11-28T19:23:34Z");

describe("the words of a limit", () => {
  it("tell its kind", () => {
    const kinds = {
      usage: [
        "You've hit your usage limit. Upgrade to Pro, purchase more credits or try again at 1:08 AM.",
        "5-hour limit reached ∙ resets 11:30pm",
        "You're out of extra usage · resets 3pm",
        "You have exhausted your daily quota on this model.",
        "You've reached your weekly limit",
        "That is all for today",
      ],
      rate: [
        "Rate limit reached for gpt in organization org on tokens per min (TPM)",
        "exceeded retry limit, last status: 429 Too Many Requests",
      ],
      overload: [
        "API Error: 529 Overloaded. This is a server-side issue",
        "503 Service Unavailable",
      ],
      billing: [
        "Quota exceeded. Check your plan and billing details.",
        "Credit balance is too low",
        "insufficient_quota",
      ],
    };
    for (const [kind, all] of Object.entries(kinds)) {
      for (const says of all)
        assert.equal(readLimit({ says, until: null }, now, "UTC").kind, kind, says);
    }
  });

  it("tell its end, in words apart or among the others", () => {
    const says = "Usage limit reached · resets 9pm";
    const nine = Date.parse("2026-11-28T21:00:00Z");
    const limit = { kind: "usage", until: nine, says };
    assert.deepEqual(readLimit({ says, until: null }, now, "UTC"), limit);
    assert.deepEqual(readLimit({ says, until: "9pm" }, now, "UTC"), limit);
    assert.deepEqual(
      readLimit({ says: "Usage limit reached", until: "9pm (UTC)" }, now, "Asia/Tokyo"),
      {
        ...limit,
        says: "Usage limit reached (9pm (UTC))",
      },
    );
    assert.equal(readLimit({ says: "Usage limit reached", until: "soon" }, now, "UTC").until, null);
  });
});

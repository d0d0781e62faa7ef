import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvent } from "../../../../src/agents/opencode/read-event.ts";

test("an event with a name that every object knows is none that we know", () => {
  for (const type of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
    const data = `{"type":"${type}","properties":{"sessionID":"S","status":{"type":"busy"}}}`;
    assert.equal(readEvent(data), null);
  }
});

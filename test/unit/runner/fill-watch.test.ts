import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentEvent, AgentEventBody } from "../../../src/agents/driver.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";
import { FillWatch } from "../../../src/runner/fill-watch.ts";
import { ManualClock } from "../control/manual-clock.ts";

function open() {
  const clock = new ManualClock();
  const fill = new FillWatch(clock, { ...sampleOrder(), isResumed: false }, false);
  const hear = (body: AgentEventBody): boolean => {
    const event: AgentEvent = { ...body, at: clock.now(), source: "protocol" };
    return fill.hear(event);
  };
  const holds = (used: number) => hear({ type: "usage", usage: { context: { used, size: 100 } } });
  return { fill, hear, holds };
}

test("a handoff is due as soon as the agent tells that it is full, and not before", () => {
  const { fill, hear, holds } = open();
  assert.equal(holds(97), false);
  assert.equal(hear({ type: "activity", says: "reads" }), false);
  assert.equal(fill.due("at_rest").do, "prepare");
  assert.equal(holds(98), true);
  assert.equal(fill.due("in_turn").do, "execute");
});

test("what was told of the context stays, where later news are of something else", () => {
  const { fill, hear, holds } = open();
  holds(98);
  hear({ type: "usage", usage: { outputTokens: 5 } });
  assert.equal(fill.due("in_turn").do, "execute");
});

test("a compaction that has come about is no reason any more", () => {
  const { fill, hear, holds } = open();
  holds(90);
  assert.equal(hear({ type: "compacting", says: "Compacting" }), true);
  assert.equal(holds(91), true, "it has only begun");
  assert.equal(holds(10), false);
  assert.equal(fill.due("in_turn").do, "none");
});

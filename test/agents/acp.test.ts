/** The driver `acp` with the adapter of Claude Code. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { testAcpAgent } from "./acp-agent.ts";
import { openAgentStage, type StageOptions } from "./stage.ts";

const options: StageOptions = { kind: "acp", driver: "acp", transport: "acp" };

testAcpAgent("claude-agent-acp", options);

test("claude-agent-acp has a question of its model answered", async () => {
  await using stage = await openAgentStage(options);
  const id = await stage.send("ask={{Which colour?}} choices=Red,Blue");
  const { ask } = await stage.event("ask");
  assert.deepEqual(
    [ask.kind, ask.says, ask.choices, ask.takesText],
    ["question", "Which colour?", ["Red", "Blue"], true],
  );
  const taken = await stage.session.answer?.(ask.id, { choice: "Blue" });
  assert.equal(taken?.accepted, true);
  const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
  assert.deepEqual(end, { result: "completed" });
});

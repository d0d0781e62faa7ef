/** An agent at work on T-1, on a stage: what its runner tells of it goes through `say`. */

import assert from "node:assert/strict";
import type { AgentAsk } from "../../../src/domain/ask.ts";
import { type AgentName, offerId, parseSha, type SlotId } from "../../../src/domain/id.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { defaultPolicy } from "../../../src/domain/policy.ts";
import { add } from "../../../src/operations/add.ts";
import { id } from "../../task-spec.ts";
import type { Stage } from "./fake-context.ts";

export const ask: AgentAsk = {
  id: "s1/1",
  kind: "permission",
  says: "Run `rm -rf build`?",
  choices: ["Yes", "Yes, and don't ask again", "No"],
  takesText: true,
};

export async function beginWork(stage: Stage, title = "One"): Promise<void> {
  const rest = { body: null, priority: null, agent: null, role: null, after: [] };
  await stage.invoke(add, { title, ...rest, skills: [], touches: [], verify: [] });
  const slots = ["fox-1", "fox-2"].map((slot) => ({
    id: slot as SlotId,
    agent: "fox" as AgentName,
    roles: [],
  }));
  const input = {
    type: "run_started",
    runner: "r",
    slots,
    policy: defaultPolicy,
    configHash: "h",
    target: "main",
    targetSha: parseSha("a".repeat(40)) ?? assert.fail(),
  } as const;
  stage.decide({ from: "control", input });
  say(stage, { type: "attempt_moved", phase: "working", evidence: [] });
}

export function say(stage: Stage, input: RunnerInput): void {
  const data = { kind: "attempt", task: id("T-1"), attempt: 1 } as const;
  const lease = { queue: "fox-1", id: offerId(id("T-1"), 1), fence: 1, runner: "r", data };
  stage.decide({ from: "runner", input, lease: { ...lease, expiresAt: 0 } });
}

/** What a runner says of secrets on its way to control, and the answer on its way back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { maskedPort } from "../../../src/app/masked-port.ts";
import type { Lease } from "../../../src/domain/commit.ts";
import type { Directive } from "../../../src/domain/directive.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { createMask } from "../../../src/lib/mask.ts";
import { id } from "../../task-spec.ts";

const secret = "verified-secret";
const mask = createMask([
  { name: "A_TOKEN", value: secret },
  // A bad one: it is also a word of ours.
  { name: "B_TOKEN", value: "verified" },
]);
const lease: Lease = {
  id: "T-1/1/1",
  queue: "ada-1",
  fence: 1,
  expiresAt: 0,
  data: { kind: "attempt", task: "T-1", attempt: 1 },
} as unknown as Lease; // As much of one as is looked at.

function openPort(directives: readonly Directive[] = []) {
  const heard: RunnerInput[] = [];
  const port = maskedPort(
    {
      claim: () => assert.fail("nobody claims"),
      claimNow: () => assert.fail("nobody claims"),
      beat: async () => ({ owned: [true], directives }),
      async submit(input) {
        heard.push(input);
        return "accepted";
      },
    },
    mask,
  );
  return { port, heard };
}

const signal = new AbortController().signal;
const beat = { runner: "r", leases: [lease], seen: [], waitMs: 0 };

test("words lose their secrets, and names keep what they are", async () => {
  const { port, heard } = openPort();
  await port.submit(
    {
      type: "attempt_ended",
      outcome: "verified",
      why: `it said ${secret}`,
      work: { head: null, saved: null, commits: 0 },
      usage: null,
      evidence: [{ at: 1, source: "process", says: secret }],
      slotBroken: null,
      limit: { kind: "usage", until: null, says: `no more for ${secret}` },
      verifyPassed: false,
    },
    lease,
  );
  const [ended] = heard;
  assert(ended?.type === "attempt_ended");
  assert.equal(ended.outcome, "verified");
  assert.equal(ended.why, "it said [masked A_TOKEN]");
  assert.equal(ended.evidence[0]?.says, "[masked A_TOKEN]");
  assert.equal(ended.limit?.says, "no more for [masked A_TOKEN]");
});

test("a choice is told without its secret, and reaches the agent in its own words", async () => {
  const directive: Directive = {
    id: "answer-1",
    kind: "answer",
    task: id("T-1"),
    attempt: 1,
    agentAsk: "ask-1",
    answer: { choice: "Yes, for [masked A_TOKEN]" },
  };
  const { port, heard } = openPort([directive]);
  const choices = [`Yes, for ${secret}`, "No"];
  const ask = {
    id: "ask-1",
    kind: "permission",
    says: "May I?",
    choices,
    takesText: false,
  } as const;
  await port.submit({ type: "asked", ask }, lease);
  assert.deepEqual(heard, [
    { type: "asked", ask: { ...ask, choices: ["Yes, for [masked A_TOKEN]", "No"] } },
  ]);
  const { directives } = await port.beat(beat, signal);
  assert.deepEqual(directives, [{ ...directive, answer: { choice: `Yes, for ${secret}` } }]);
});

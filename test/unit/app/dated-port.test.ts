/** What a runner tells, as of the time of day. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { datedPort } from "../../../src/app/dated-port.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { clockOf, steadyBeside } from "../../../src/lib/clock.ts";
import type { ControlPort } from "../../../src/runner/control-port.ts";

const hour = 3_600_000;
const lease = { queue: "ada-1", id: "T-1/1", fence: 1, runner: "here", expiresAt: 0, data: {} };

test("after the clock was set, what was seen is told as of the new time of day; resets stay", async () => {
  let aheadMs = 0;
  const told: RunnerInput[] = [];
  const port = {
    submit: async (input: RunnerInput) => {
      told.push(input);
      return "accepted";
    },
  } as unknown as ControlPort; // Nothing else is called here.
  const steady = steadyBeside(clockOf(() => Date.now() + aheadMs));
  const dated = datedPort(port, steady);
  const seenAt = steady.now();
  aheadMs = 5 * hour;
  const input: RunnerInput = {
    type: "attempt_ended",
    outcome: "limited",
    why: "limited",
    work: { head: null, saved: null, commits: 0 },
    usage: null,
    evidence: [{ at: seenAt, source: "screen", says: "at rest" }],
    slotBroken: null,
    limit: { kind: "usage", until: seenAt, says: "until then" },
    verifyPassed: false,
  };
  await dated.submit(input, lease);
  const [first] = told;
  assert(first?.type === "attempt_ended");
  const later = ((first.evidence[0]?.at ?? 0) - seenAt) / hour;
  assert.equal(Math.round(later), 5);
  assert.deepEqual({ ...first, evidence: [] }, { ...input, evidence: [] });
});

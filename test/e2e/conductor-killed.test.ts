/**
 * Conductors and temoin are killed at each step of a handoff of the role. The many rounds are in
 * `npm run bench -- succession`; here is one for each step.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hit, RoundPlan } from "../../bench/succession-plan.ts";
import { playRound } from "../../bench/succession-round.ts";

const rounds: readonly (Omit<Hit, "delayMs"> & Pick<RoundPlan, "leaving">)[] = [
  { step: "called, not acknowledged", victim: "the conductor", leaving: "dies" },
  { step: "writing its words", victim: "temoin", leaving: "person" },
  { step: "document written", victim: "temoin", leaving: "full" },
  { step: "successor called, not acknowledged", victim: "both", leaving: "person" },
  { step: "successor deciding", victim: "the conductor", leaving: "dies" },
];

for (const { step, victim, leaving } of rounds) {
  test(`${step}, ${victim} killed: one conductor a term, nothing of an old one heard, no decision lost`, async () => {
    const hits = [{ step, victim, delayMs: 0 }];
    const { findings, struck, late, says } = await playRound({ hits, leaving, isQuick: true });
    assert.deepEqual(findings, [], says);
    assert.equal(struck.length, 1, "the step was reached");
    assert(late > 0, "an old conductor has gone on calling");
  });
}

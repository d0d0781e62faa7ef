/** Faults at random, and kills everywhere. `npm run bench -- chaos-virtual` plays many more. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { killEverywhere } from "../chaos/kills.ts";
import { recordedPlan } from "../chaos/plan.ts";
import { play } from "../chaos/play.ts";

describe("a run with faults", () => {
  test("loses no task and no line, lands none twice, ends, and meets its goal in peace", () => {
    const met = { kills: 0, stale: 0, exits: new Set<number>() };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { world, exitCode } = play(seed);
        met.kills += world.kills;
        met.stale += world.staleWords;
        met.exits.add(exitCode);
      }),
      { numRuns: 250 },
    );
    assert(met.kills > 50 && met.stale > 20, `the faults are too few: ${JSON.stringify(met)}`);
    assert.deepEqual(
      [0, 3, 4, 5, 6, 8].filter((code) => !met.exits.has(code)),
      [],
    );
  });

  test("is told by its seed: the same one gives the same events", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { digest } = play(seed);
        assert.equal(play(seed).digest, digest);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a recorded run, killed before and after each commit, swap and save", () => {
  test("ends as it does when nobody kills it", () => {
    let boundaries = 0;
    for (let seed = 1; seed <= 4; seed += 1) {
      boundaries += killEverywhere(recordedPlan(seed)).boundaries;
    }
    assert(boundaries > 200, `${boundaries}`);
  });

  test("the same when the start after it is killed too", () => {
    for (const next of [1, 4]) killEverywhere(recordedPlan(2), next);
  });
});

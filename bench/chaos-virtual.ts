/**
 * Random faults over the real decisions in virtual time, run after run, each by its own seed: agents
 * that hang, crash, lie, say things twice or meet limits; temoin killed at any boundary, clocks that
 * jump, a target that moves or turns red. Then one run killed at each of its boundaries.
 */

import { killEverywhere } from "../test/chaos/kills.ts";
import { recordedPlan } from "../test/chaos/plan.ts";
import { play } from "../test/chaos/play.ts";
import { type Measurement, never } from "./measurement.ts";

const usualRuns = 10_000;
/** Of so many, one is played twice. */
const oneInTwice = 50;
/** So many recorded runs are killed everywhere. */
const recorded = 20;

export const chaosVirtual: Measurement = {
  name: "chaos-virtual",
  about:
    "faults at random over the core, in virtual time; a run that fails is repeated by its seed",
  async run(say, asked) {
    const first = asked.seed ?? 1;
    const runs = asked.runs ?? usualRuns;
    say(`${runs} runs, the seeds ${first} to ${first + runs - 1}`);
    const sum = { kills: 0, stale: 0, events: 0, failed: 0, unlike: 0, twice: 0 };
    for (let seed = first; seed < first + runs; seed += 1) {
      try {
        const { world, digest } = play(seed);
        sum.kills += world.kills;
        sum.stale += world.staleWords;
        sum.events += world.events.length;
        if (seed % oneInTwice !== 0) continue;
        sum.twice += 1;
        if (play(seed).digest !== digest) sum.unlike += 1;
      } catch (error) {
        sum.failed += 1;
        say(`${repeat(seed)}\n${error instanceof Error ? error.stack : String(error)}`);
      }
    }
    const killed = { boundaries: 0, unlike: 0 };
    const plans = Math.min(recorded, runs);
    say(`${plans} recorded runs, killed before and after each commit, swap and save`);
    for (let seed = first; seed < first + plans; seed += 1) {
      try {
        killed.boundaries += killEverywhere(recordedPlan(seed)).boundaries;
      } catch (error) {
        killed.unlike += 1;
        say(`${repeat(seed)}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const told = { unit: "", atMost: null, count: runs } as const;
    return [
      never("runs that lost a task or a line, landed one twice, or did not end", sum.failed, runs),
      never("runs that a second play of the seed did not repeat", sum.unlike, sum.twice),
      { ...told, what: "events", value: sum.events },
      { ...told, what: "kills of temoin", value: sum.kills },
      { ...told, what: "words of lost leases that were refused", value: sum.stale },
      never("recorded runs that a kill ended otherwise", killed.unlike, plans),
      { ...told, what: "boundaries at which they were killed", value: killed.boundaries },
    ];
  },
};

function repeat(seed: number): string {
  return `npm run bench -- chaos-virtual --runs 1 --seed ${seed}`;
}

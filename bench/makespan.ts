/**
 * How much longer a run takes than the ideal: 200 tasks with dependencies on 4 slots, against a
 * list scheduler without latency that takes the tasks in the same order.
 */

import { Random } from "../test/property/random.ts";
import { listMakespan } from "./list-scheduler.ts";
import { type Measurement, spread } from "./measurement.ts";
import { drawQueue, fourAgents } from "./queue.ts";
import { VirtualRun } from "./virtual-run.ts";

/** Chosen: each is another queue with other lengths. */
const queues = 200;

/** The goal of the issue for the time from a settled attempt to the next prompt, p95. */
const handoverMs = 150;

/** Of the issue. The list that the ideal works through knows no roles, so they have no goal. */
const goals = { p95: 1.01 };

/** Chosen, of the order that `turnaround` measures with gates that cost nothing. */
const landingMs = 250;

export const makespan: Measurement = {
  name: "makespan",
  about: "4 slots, 200 tasks of 1 to 20 minutes with dependencies, in virtual time",
  async run(say) {
    say(`${queues} queues, each without latency and with it`);
    const ideal: number[] = [];
    const real: number[] = [];
    const roles: number[] = [];
    for (let seed = 1; seed <= queues; seed += 1) {
      ideal.push(ratio({ seed, handoverMs: 0, landingMs: 0, withRole: 0 }));
      real.push(ratio({ seed, handoverMs, landingMs, withRole: 0 }));
      roles.push(ratio({ seed, handoverMs, landingMs, withRole: 0.2 }));
    }
    const unit = "×";
    const latency = `${handoverMs} ms to hand over, ${landingMs} ms to land`;
    return [
      ...spread({ what: "against the ideal, no latency", unit }, ideal, goals),
      ...spread({ what: `against the ideal, ${latency}`, unit }, real, goals),
      ...spread({ what: "the same, every fifth task asks for a role", unit }, roles),
    ];
  },
};

interface Case {
  readonly seed: number;
  readonly handoverMs: number;
  readonly landingMs: number;
  readonly withRole: number;
}

function ratio({ seed, withRole, ...latency }: Case): number {
  const tasks = drawQueue({ seed, size: 200, dependent: 0.5, reach: 40, withRole });
  const random = new Random(seed);
  const lengths = new Map(
    tasks.map(({ spec }) => [spec.id as string, 60_000 + random.below(19 * 60_000)]),
  );
  const lengthMs = (task: string): number => lengths.get(task) ?? 0;
  const run = new VirtualRun({ tasks, agents: fourAgents, lengthMs, ...latency });
  const took = run.play();
  if (run.state.settled !== tasks.length) throw new Error(`queue ${seed} was not worked through`);
  const listed = tasks.map(({ spec }) => ({
    id: spec.id,
    deps: spec.deps,
    lengthMs: lengthMs(spec.id),
  }));
  return took / listMakespan(listed, Object.keys(fourAgents).length);
}

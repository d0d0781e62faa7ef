/**
 * One recorded run, killed at each of its boundaries in turn: before and after each commit of
 * events, each swap of the target, each save. It must end as the run did that nobody killed.
 */

import assert from "node:assert/strict";
import type { ChaosPlan } from "./plan.ts";
import { assertLanded, assertLinesKept, playFaults } from "./play.ts";
import type { ChaosWorld } from "./world.ts";

export interface Kills {
  /** Of the recorded run. */
  readonly events: number;
  readonly boundaries: number;
}

/** `twice`: also the start after it is killed, at its own boundary of that number. */
export function killEverywhere(plan: ChaosPlan, twice: number | null = null): Kills {
  const recorded = playFaults(plan, (world) => {
    world.killAt = () => false;
  });
  const wanted = endOf(recorded);
  for (let at = 1; at <= recorded.boundaries; at += 1) {
    const world = playFaults(plan, (one) => {
      one.killAt = (n) => n === at || (twice !== null && n === at + twice);
    });
    const kills = twice === null ? 1 : 2;
    assert(world.kills >= 1 && world.kills <= kills, `killed ${world.kills} times at ${at}`);
    assert.deepEqual(endOf(world), wanted, `killed at boundary ${at} of ${recorded.boundaries}`);
    assertLanded(world);
    assertLinesKept(world);
  }
  return { events: recorded.events.length, boundaries: recorded.boundaries };
}

/** All that a person cares about; how many attempts were lost on the way is none of it. */
function endOf({ state, repository }: ChaosWorld): unknown {
  const tasks = [...state.tasks.values()].map((task) => {
    const how = task.state === "done" ? task.how : null;
    const tries = task.attempts.filter((one) => one.phase === "ended" && !one.byRestart).length;
    return [task.spec.id, task.state, how, tries];
  });
  const { lines } = repository.at(repository.target);
  const work = [...lines].filter((line) => line.startsWith("work of")).toSorted();
  const inbox = [...state.inbox.keys()].toSorted();
  return { tasks, work, inbox, exitCode: state.run?.ended?.exitCode };
}

/** What the next start does with what a killed temoin has left, as `src/app/clear-up.ts` does it. */

import { noWork } from "../../src/domain/attempt.ts";
import { taskOf } from "../../src/domain/state.ts";
import type { ChaosWorld } from "./world.ts";

export function clearUp(world: ChaosWorld): void {
  const { hands } = world;
  if (world.state.run === null) return;
  if (world.state.run.ended === null) {
    world.control({ type: "run_ended", exitCode: 137, why: "temoin was killed" });
  }
  for (const id of [...world.state.running.keys()]) {
    const task = taskOf(world.state, id);
    if (task.state !== "running") continue;
    const { attempt, slot } = task;
    if (task.ending === null && hands.livesOn(slot, task)) continue;
    const work = hands.recover(slot, task);
    const why = "temoin ended before the attempt did";
    world.control({ type: "lost", task: id, attempt, byRestart: true, work, why });
  }
  for (const id of [...world.state.landing.keys()]) {
    const task = taskOf(world.state, id);
    if (task.state !== "landing") continue;
    const { attempt } = task;
    const why = "temoin ended before the landing did";
    world.control({ type: "lost", task: id, attempt, byRestart: true, work: noWork, why });
  }
}

/** Chance that hangs on the seed, a task and how often it was tried: a kill in between changes nothing. */

import { taskOf } from "../../src/domain/state.ts";
import type { Task } from "../../src/domain/task.ts";
import { Random } from "../property/random.ts";
import type { ChaosWorld } from "./world.ts";

/** What chance has in store for the try that a task is at. */
export function luckOf(world: ChaosWorld, id: Task["spec"]["id"], what: string): Random {
  const { attempts } = taskOf(world.state, id);
  const tries = attempts.filter((one) => one.phase === "ended" && one.outcome !== "lost").length;
  let hash = world.plan.seed | 0;
  for (const letter of `${id} ${tries} ${what}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return new Random(hash);
}

/**
 * Queues to measure with: tasks with dependencies, drawn from a seed, so that two measurements
 * have the same ones.
 */

import type { TaskDraft } from "../src/domain/input.ts";
import { Random } from "../test/property/random.ts";
import { draft } from "../test/unit/domain/project.ts";

export interface QueueShape {
  readonly seed: number;
  readonly size: number;
  /** Of each task: that it depends on one to three earlier ones. */
  readonly dependent: number;
  /** How far back a dependency reaches, in tasks. */
  readonly reach: number;
  /** Of each task: that it asks for a role. */
  readonly withRole: number;
  /** Of each task: that it names the one folder of fifty that it touches; default: none does. */
  readonly withScope?: number;
}

/** Four agents with a slot each; the roles of `drawQueue` are theirs. */
export const fourAgents = { ada: ["feature"], bo: ["tests"], cy: ["docs"], di: [] } as const;

/** No cycle: dependencies point backwards. */
export function drawQueue(shape: QueueShape): readonly TaskDraft[] {
  const random = new Random(shape.seed);
  const drafts: TaskDraft[] = [];
  for (let n = 1; n <= shape.size; n += 1) {
    const deps = new Set<TaskDraft["spec"]["id"]>();
    const wanted = random.chance(shape.dependent) ? 1 + random.below(3) : 0;
    for (let i = 0; i < wanted && n > 1; i += 1) {
      const earlier = drafts[n - 2 - random.below(Math.min(shape.reach, n - 1))];
      if (earlier !== undefined) deps.add(earlier.spec.id);
    }
    const role = random.chance(shape.withRole) ? random.pick(["feature", "tests", "docs"]) : null;
    const touches = random.chance(shape.withScope ?? 0) ? [`src/part-${n % 50}/**`] : [];
    drafts.push(draft(`Q-${n}`, { deps: [...deps], role, touches }));
  }
  return drafts;
}

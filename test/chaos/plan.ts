/** What a chaotic run is: its queue, its agents, and how often what goes wrong. All by one seed. */

import type { TaskDraft } from "../../src/domain/input.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { priorities, type TaskSpec } from "../../src/domain/task.ts";
import { Random } from "../property/random.ts";
import { id, spec } from "../task-spec.ts";
import type { Agents } from "../unit/domain/project.ts";

/** How likely each fault is, at each occasion for it; 0: never. */
export interface Faults {
  /** temoin is killed: at each boundary of a commit, of a swap, of a save. */
  readonly kill: number;
  /** A lease falls silent, and its runner goes on not knowing it. */
  readonly silence: number;
  /** The clock jumps, ahead by days or back by an hour. */
  readonly jump: number;
  /** A person pushes to the target; the second time red. */
  readonly push: number;
  readonly redPush: number;
  /** Of an agent's attempt. */
  readonly crash: number;
  readonly hang: number;
  readonly lie: number;
  readonly idle: number;
  readonly block: number;
  readonly limit: number;
  readonly unusable: number;
  /** It says everything twice: its reports, and its end. */
  readonly twice: number;
  /** Of a round of gates; an error is never green, what is flaky passes the second time. */
  readonly red: number;
  readonly errored: number;
  readonly flaky: number;
  /** Of a landing. */
  readonly conflict: number;
  /** The disk has too little room, for a while. */
  readonly disk: number;
  /** A person interferes. */
  readonly person: number;
  /** Of a session that lives as temoin is killed: that it can be taken up again. */
  readonly outlives: number;
}

export const calm: Faults = {
  kill: 0,
  silence: 0,
  jump: 0,
  push: 0,
  redPush: 0,
  crash: 0,
  hang: 0,
  lie: 0,
  idle: 0,
  block: 0,
  limit: 0,
  unusable: 0,
  twice: 0,
  red: 0,
  errored: 0,
  flaky: 0,
  conflict: 0,
  disk: 0,
  person: 0,
  outlives: 0,
};

export interface ChaosPlan {
  readonly seed: number;
  readonly agents: Agents;
  readonly policy: Partial<Policy>;
  readonly tasks: readonly TaskDraft[];
  readonly faults: Faults;
}

/** Each plan has some of the faults: one alone is met as well as many at once. */
export function planOf(seed: number): ChaosPlan {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
  const often = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
  const faults: Faults = {
    kill: often(0.04),
    silence: often(0.03),
    jump: often(0.03),
    push: often(0.1),
    redPush: often(0.03),
    crash: often(0.4),
    hang: often(0.3),
    lie: often(0.4),
    idle: often(0.2),
    block: often(0.2),
    limit: often(0.4),
    unusable: often(0.5),
    twice: often(0.8),
    red: often(0.5),
    errored: often(0.2),
    flaky: often(0.4),
    conflict: often(0.3),
    disk: often(0.03),
    person: often(0.05),
    outlives: often(1),
  };
  const tasks = Array.from({ length: 1 + random.below(8) }, (_, n) => randomTask(random, n + 1));
  const agents = random.pick<Agents>([
    { a: [] },
    { a: ["docs"], b: ["tests"] },
    { a: ["docs", "tests"], b: [], c: ["docs"] },
  ]);
  const policy: Partial<Policy> = {
    perTask: 1 + random.below(4),
    feedbackRounds: random.below(4),
    fixTasks: random.below(3),
    goal: [{ kind: "queue" }, { kind: "gates" }],
    gates: ["test"],
    review: random.chance(0.1),
    deadline: random.chance(0.1) ? 1_000_000 + random.below(10 * 60_000) : null,
  };
  return { seed, agents, policy, tasks, faults };
}

function randomTask(random: Random, n: number): TaskDraft {
  const earlier = Array.from({ length: n - 1 }, (_, before) => id(`T-${before + 1}`));
  const parts: Partial<TaskSpec> = {
    priority: random.pick(priorities),
    deps: random.some(earlier, 0.15),
    role: random.chance(0.2) ? random.pick(["docs", "tests"]) : null,
    touches: random.some(["src/**", "src/a.ts", "docs/*"], 0.1),
  };
  return { spec: spec(`T-${n}`, parts), start: "open" };
}

/** For a run that is killed by hand: what agents do goes wrong, and nothing else does. */
export function recordedPlan(seed: number): ChaosPlan {
  const plan = planOf(seed);
  const { crash, hang, lie, idle, block, limit, unusable } = plan.faults;
  const { twice, red, errored, flaky, conflict } = plan.faults;
  const ofAgents = { crash, hang, lie, idle, block, limit, unusable };
  const ofGates = { twice, red, errored, flaky, conflict };
  return {
    ...plan,
    faults: { ...calm, ...ofAgents, ...ofGates, outlives: seed % 2 },
    policy: { ...plan.policy, deadline: null },
  };
}

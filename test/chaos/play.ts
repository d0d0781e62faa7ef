/**
 * A chaotic run, from its queue to its goal: first with all faults, then in peace, with a person
 * who does what the inbox asks. What must hold of both ends is asserted here.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fold } from "../../src/domain/apply.ts";
import { outlook, runExit } from "../../src/domain/goal.ts";
import type { Task } from "../../src/domain/task.ts";
import { snapshot } from "../unit/domain/project.ts";
import { type ChaosPlan, calm, planOf } from "./plan.ts";
import { ChaosWorld } from "./world.ts";

export interface Played {
  readonly world: ChaosWorld;
  /** Of all events: the same seed gives the same. */
  readonly digest: string;
  /** How the part with faults ended. */
  readonly exitCode: number;
}

/** So often a person starts it again before it is called stuck. */
const mostRuns = 8;

export function play(seed: number): Played {
  const world = playFaults(planOf(seed), () => undefined);
  const exitCode = world.state.run?.ended?.exitCode ?? -1;
  assertEnded(world);
  makePeace(world);
  assertWhole(world);
  return { world, digest: digestOf(world), exitCode };
}

/** The part with faults alone; `prepare` is called before anything happens. */
export function playFaults(plan: ChaosPlan, prepare: (world: ChaosWorld) => void): ChaosWorld {
  const world = new ChaosWorld(plan);
  prepare(world);
  world.addTasks();
  world.start();
  world.runDry();
  return world;
}

/** Each loop has come to its end: landed, or with a person. */
function assertEnded(world: ChaosWorld): void {
  const { state } = world;
  const view = outlook(state, world.now);
  assert.equal(view.kind, "over", `it hangs while it is ${view.kind}`);
  const { redTarget, run, inbox } = state;
  const early: readonly number[] = [runExit.budget, runExit.noAgent, runExit.limited];
  const isEarly = early.includes(run?.ended?.exitCode ?? 0) || redTarget !== null;
  for (const task of state.tasks.values()) {
    const { id } = task.spec;
    const isAsked = [...inbox.values()].some((item) => item.task === id);
    if (task.state === "needs_human" || task.state === "failed") {
      assert(isAsked, `${id} is ${task.state}, and the inbox does not say so`);
    } else if (task.state === "queued" || task.state === "landing") {
      assert(isEarly || task.paused, `${id} is left ${task.state}`);
    } else if (task.state === "waiting") {
      const isHeld = task.paused || task.on.some((wait) => wait.kind === "task");
      assert(isHeld || isEarly, `${id} is left waiting for ${JSON.stringify(task.on)}`);
    } else assert.notEqual(task.state, "running", `${id} is left at work`);
  }
  assertLanded(world);
}

/** No fault any more; a person lets all go on until the goal is met. */
function makePeace(world: ChaosWorld): void {
  world.faults = calm;
  for (let runs = 0; world.state.run?.ended?.exitCode !== runExit.met || runs === 0; runs += 1) {
    assert(runs < mostRuns, `the goal is not met: ${world.state.run?.ended?.why}`);
    const { repository } = world;
    if (repository.at(repository.target).isRed) repository.push(`mended ${runs}`, false);
    for (const task of [...world.state.tasks.values()]) {
      const { id } = task.spec;
      if (task.paused) world.submit({ from: "person", input: { type: "resume", id } });
      if (["needs_human", "failed", "cancelled"].includes(task.state)) {
        assert.equal(world.submit({ from: "person", input: { type: "retry", id } }), "accepted");
      }
    }
    // Who was limited, and nobody knows until when, is asked again on another day.
    world.wait(86_400_000);
    world.start({ ...world.plan.policy, review: false, deadline: null });
    world.runDry();
  }
}

function assertWhole(world: ChaosWorld): void {
  const { state, plan, repository } = world;
  for (const { spec } of plan.tasks) {
    const task = state.tasks.get(spec.id);
    assert(task?.state === "done" || task?.state === "skipped", `${spec.id} is ${task?.state}`);
    const isIn = repository.at(repository.target).lines.has(`work of ${spec.id}`);
    // A person may have let land what was not believed.
    const last = task.attempts.at(-1);
    const isTrue = hasLanded(task) && last?.phase === "ended" && last.doubt === undefined;
    assert(isIn || !isTrue, `the work of ${spec.id} is not in the target`);
  }
  assertLanded(world);
  assertLinesKept(world);
  const again = fold(JSON.parse(JSON.stringify(world.events)));
  assert.deepEqual(snapshot(again), snapshot(state), "the state is the fold of its events");
}

/** Each line that an agent has written is in the target, or in what a ref keeps. */
export function assertLinesKept({ hands, repository }: ChaosWorld): void {
  for (const line of hands.written) assert(repository.has(line), `lost: ${line}`);
}

/** Whatever is in the target is known to be there, and the other way round. */
export function assertLanded({ state, repository, events }: ChaosWorld): void {
  const landed = [...state.tasks.values()].filter(hasLanded).map(({ spec }) => spec.id as string);
  assert.deepEqual(
    repository.landings().toSorted(),
    landed.toSorted(),
    "in the target, and landed",
  );
  const told = events.flatMap((event) => (event.type === "landed" ? [event.task] : []));
  assert.equal(new Set(told).size, told.length, `landed twice in the log: ${told.join(", ")}`);
}

function hasLanded(task: Task): boolean {
  return task.state === "done" && task.how === "landed";
}

function digestOf({ events }: ChaosWorld): string {
  return createHash("sha256").update(JSON.stringify(events)).digest("hex");
}

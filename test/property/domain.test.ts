/** What holds of every run, whatever agents, people and kills do to it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fold } from "../../src/domain/apply.ts";
import { outlook } from "../../src/domain/goal.ts";
import { readState, writeState } from "../../src/domain/state.ts";
import { snapshot } from "../unit/domain/project.ts";
import { assertFairStart } from "./invariants.ts";
import { addRandomTasks, interfere } from "./person.ts";
import { type Watcher, World, type WorldPlan } from "./world.ts";

const agents = fc.constantFrom(
  { a: [] },
  { a: ["docs"], b: ["tests"] },
  { a: ["docs", "tests"], b: [], c: ["docs"] },
);

const worlds = fc.record({
  seed: fc.integer(),
  agents,
  perTask: fc.integer({ min: 1, max: 4 }),
  kills: fc.constantFrom(0, 0.02, 0.2),
  silences: fc.constantFrom(0, 0.05),
  unusable: fc.constantFrom(0, 0.05, 0.9),
  deadline: fc.option(fc.integer({ min: 0, max: 30_000 })),
  tasks: fc.integer({ min: 1, max: 12 }),
  moves: fc.integer({ min: 0, max: 12 }),
});

type Drawn = WorldPlan & { readonly tasks: number; readonly moves: number };

/** The run may begin before there are tasks, or after. */
function live(plan: Drawn, watch?: Watcher): World {
  const world = new World(plan, watch);
  if (world.random.chance(0.5)) {
    world.start();
    addRandomTasks(world, plan.tasks);
  } else {
    addRandomTasks(world, plan.tasks);
    world.start();
  }
  interfere(world, plan.tasks, plan.moves);
  world.runDry();
  // The next `temoin run` takes up what the last one has left.
  if (!world.state.paused && world.random.chance(0.5)) {
    world.start();
    interfere(world, plan.tasks, plan.moves);
    world.runDry();
  }
  return world;
}

/** At most two tasks for each item of the goal in each run, over its restarts or not. */
function assertGoalWork({ state, events }: World): void {
  const runs = events.filter((event) => event.type === "run_started").length;
  const tasks = [...state.tasks.values()].filter(({ spec }) => spec.goal !== undefined);
  for (const [name, own] of Map.groupBy(tasks, ({ spec }) => spec.goal)) {
    assert(own.length <= 2 * runs, `${own.length} tasks for ${name} in ${runs} runs`);
  }
}

describe("any run", () => {
  test("keeps every promise at each step, and comes to an end", () => {
    const met = { kills: 0, stale: 0, parked: 0, answers: 0, exits: new Set<number>() };
    fc.assert(
      fc.property(worlds, (plan) => {
        const world = live(plan);
        const { state } = world;
        const view = outlook(state, world.now);
        assert(view.kind === "over" || state.paused, `it hangs while it is ${view.kind}`);
        assertGoalWork(world);
        met.kills += world.kills;
        met.stale += world.staleWords;
        for (const event of world.events) {
          if (event.type === "task_needs_human" && event.parked === true) met.parked += 1;
          if (event.type === "told" && event.ask !== undefined) met.answers += 1;
        }
        if (state.run?.ended) met.exits.add(state.run.ended.exitCode);
      }),
      { numRuns: 300 },
    );
    const isWild = met.kills > 50 && met.stale > 20 && met.parked > 20 && met.answers > 10;
    assert(isWild, `the worlds are too tame: ${JSON.stringify(met)}`);
    assert.deepEqual(
      [0, 3, 4, 5, 6, 7, 8].filter((code) => !met.exits.has(code)),
      [],
    );
  });

  test("goes on to its end when a paused project is resumed", () => {
    fc.assert(
      fc.property(worlds, (plan) => {
        const world = live({ ...plan, kills: 0 });
        if (!world.state.paused) return;
        world.submit({ from: "person", input: { type: "resume", id: null } });
        world.runDry();
        assert.equal(outlook(world.state, world.now).kind, "over");
      }),
      { numRuns: 100 },
    );
  });

  test("is told by its seed: the same one gives the same events", () => {
    fc.assert(
      fc.property(worlds, (plan) => {
        assert.deepEqual(live(plan).events, live(plan).events);
      }),
      { numRuns: 25 },
    );
  });

  test("is the fold of its events, also from a snapshot in between", () => {
    fc.assert(
      fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), (plan, share) => {
        const { events, state } = live(plan);
        const at = Math.floor(events.length * share);
        const kept = readState(writeState(fold(events.slice(0, at))));
        assert.equal(kept.seq, at);
        assert.deepEqual(snapshot(fold(events.slice(at), kept)), snapshot(state));
        const json = JSON.parse(JSON.stringify(events));
        assert.deepEqual(snapshot(fold(json)), snapshot(state));
      }),
      { numRuns: 50 },
    );
  });

  test("of one slot serves priority first, then age", () => {
    fc.assert(
      fc.property(worlds, (plan) => {
        live({ ...plan, agents: { a: ["docs", "tests"] } }, assertFairStart);
      }),
      { numRuns: 100 },
    );
  });
});

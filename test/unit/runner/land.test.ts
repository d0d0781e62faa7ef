/** Landings that wait together: what lands, what is refused, and what a kill leaves. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changes, Killed, LandingWorld } from "./landing-world.ts";

describe("a batch of landings", () => {
  test("all green is tested once and lands in the order of priority, each with its own commit", async () => {
    const world = new LandingWorld([
      { name: "T-1" },
      { name: "T-2", priority: "low" },
      { name: "T-3", priority: "urgent" },
    ]);
    await world.land();
    assert.deepEqual(world.landed, ["T-3", "T-1", "T-2"]);
    assert.equal(world.gatesRun(), 1);
  });

  test("a bad one is refused, and holds up nobody", async () => {
    const world = new LandingWorld(changes(16));
    world.isRed = (files) => files.has("T-11");
    await world.land();
    assert.deepEqual(
      [...world.refused],
      [["T-11", "gate_failed: red on the merged result: gate: failed"]],
    );
    assert.equal(world.landed.length, 15);
    assert.ok(world.gatesRun() <= 6, String(world.gatesRun()));
    assert.ok(world.said.includes("T-11 gates_ran"), "it is told what was red");
  });

  test("of two that are red only together the later one is refused", async () => {
    const world = new LandingWorld(changes(8));
    world.isRed = (files) => files.has("T-2") && files.has("T-7");
    await world.land();
    assert.deepEqual([...world.refused.keys()], ["T-7"]);
  });

  test("a task's own command that another one breaks is laid on the other", async () => {
    const world = new LandingWorld([{ name: "T-1", verify: ["own"] }, ...changes(6).slice(1)]);
    world.isRed = (files, command) => command === "own" && files.has("T-5");
    await world.land();
    assert.deepEqual([...world.refused.keys()], ["T-5"]);
    assert.match(world.refused.get("T-5") ?? "", /verify of T-1: failed/);
  });

  test("what conflicts with the target is refused; with the stack only, after the stack has landed", async () => {
    const world = new LandingWorld([
      { name: "T-1", files: { list: "one" } },
      { name: "T-2", files: { list: "two" } },
      { name: "T-3", files: { README: "mine" } },
    ]);
    world.isRed = (files) => files.has("T-1");
    world.push("README");
    await world.land();
    assert.deepEqual(world.landed, ["T-2"], "the first is refused, so that the second fits");
    assert.match(world.refused.get("T-3") ?? "", /^conflict: conflicts with main in README$/);
  });

  test("a push in between is taken in and tested with the rest", async () => {
    const world = new LandingWorld(changes(4));
    let pushes = 0;
    world.onStep = (step) => {
      if (step !== "gate gate" || pushes > 0) return;
      pushes += 1;
      world.push("person");
    };
    world.isRed = (files) => files.has("person") && files.has("T-3");
    await world.land();
    assert.deepEqual([...world.refused.keys()], ["T-3"]);
    assert.deepEqual(world.files, ["T-1", "T-2", "T-4", "person"]);
  });

  test("a push that is red by itself is laid on no change: all wait", async () => {
    const world = new LandingWorld(changes(4));
    let pushes = 0;
    world.onStep = (step) => {
      if (step !== "gate gate" || pushes > 0) return;
      pushes += 1;
      world.push("broken");
    };
    world.isRed = (files) => files.has("broken");
    await world.land();
    assert.equal(world.refused.size, 0);
    assert.deepEqual(world.landed, []);
  });

  test("whose lease is lost in the middle does not land; the others do", async () => {
    for (const moment of [
      "gate gate",
      "before landing_prepared T-4",
      "after landing_prepared T-2",
    ]) {
      const world = new LandingWorld(changes(4));
      world.onStep = (step) => {
        if (step === moment) world.lose("T-2");
      };
      await world.land();
      assert.deepEqual(world.landed, ["T-1", "T-3", "T-4"], moment);
      assert.deepEqual(world.files, ["T-1", "T-3", "T-4"], moment);
    }
  });

  test("a target that moves each time gives all back", async () => {
    const world = new LandingWorld(changes(2));
    let pushes = 0;
    world.onStep = (step) => {
      if (step !== "before swap") return;
      pushes += 1;
      world.push(`push ${pushes}`);
    };
    await world.land();
    assert.deepEqual(world.landed, []);
    assert.deepEqual(world.said.slice(-2), ["T-1 landing_lost", "T-2 landing_lost"]);
    assert.equal(pushes, 5);
  });
});

test("killed at any step, what comes after lands each once, and nothing that was not tested", async () => {
  let kills = 0;
  for (let at = 1; ; at += 1) {
    const world = new LandingWorld(changes(6));
    world.isRed = (files) => files.has("T-4");
    let steps = 0;
    world.onStep = (step) => {
      steps += 1;
      if (steps === at) throw new Killed(step);
    };
    try {
      await world.land();
    } catch (error) {
      assert(error instanceof Killed);
      kills += 1;
      world.onStep = () => undefined;
      await world.land();
    }
    assert.deepEqual(world.landed.toSorted(), ["T-1", "T-2", "T-3", "T-5", "T-6"], `at step ${at}`);
    assert.deepEqual([...world.refused.keys()], ["T-4"]);
    assert.deepEqual(world.files, ["T-1", "T-2", "T-3", "T-5", "T-6"]);
    if (steps < at) break;
  }
  assert.ok(kills > 40, String(kills));
});

/** Agents that cannot be used: when they are tried again, and who waits for them. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextTick } from "../../../src/domain/next-tick.ts";
import { retryStartMs } from "../../../src/domain/policy.ts";
import { agent, draft, Project, runStarted, typesOf } from "./project.ts";

const cannotStart = { slotBroken: "not logged in" };

/** The next instant at which time alone changes something. */
function leap(project: Project): void {
  const next = nextTick(project.state, project.now);
  assert(next !== null, "nothing is to come");
  project.now = next;
  project.control({ type: "tick" });
}

/** Its turn has ended, and its work is looked at. */
function works(project: Project, name: string): void {
  const gate = {
    name: "test",
    verdict: "failed",
    exitCode: 1,
    durationMs: 1,
    proof: null,
  } as const;
  const results = [{ ...gate, why: "it is red", where: "workspace", round: 0 } as const];
  project.say(name, { type: "gates_ran", results });
}

describe("an agent that cannot be used", () => {
  test("is tried again after 2 s and 5 s, then after 30 s, 1, 2, 4, … at most 30 min", () => {
    const tries = Array.from({ length: 12 }, (_, n) => retryStartMs(n + 1) / 1000);
    assert.deepEqual(tries, [2, 5, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800, 1800]);
  });

  test("does not cost its task an attempt, and the task goes on elsewhere at once", () => {
    const project = new Project();
    project.run({ a: [], b: [] }, { perTask: 1 });
    project.add(draft("T-1"));
    assert.equal(project.holder("T-1"), "a");
    project.end("T-1", "crashed", cannotStart);
    assert.equal(project.holder("T-1"), "b");
    project.end("T-1", "crashed");
    assert.equal(project.stateOf("T-1"), "failed");
  });

  test("is tried with a task that would wait otherwise, and else left alone", () => {
    const project = new Project();
    project.run({ a: [], b: [], c: [] });
    project.add(draft("T-1"));
    project.end("T-1", "crashed", cannotStart);
    project.now += 2_000;
    assert.deepEqual(typesOf(project.control({ type: "tick" })), ["slot_retried"]);
    // Nobody waits for it: it is not tried.
    assert.equal(nextTick(project.state, project.now), null);
    project.add(draft("T-2"));
    assert.equal(project.holder("T-2"), "c");
    project.add(draft("T-3"));
    assert.equal(project.holder("T-3"), "a");
    works(project, "T-3");
    project.end("T-3", "verified");
    project.add(draft("T-4"));
    assert.equal(project.holder("T-4"), "a", "it is as good as the others again");
  });

  test("is told from one that takes a prompt and cannot do anything with it", () => {
    const project = new Project();
    project.run({ a: [] }, { perTask: 1 });
    project.add(draft("T-1"));
    for (const seconds of [2, 5, 30]) {
      project.say("T-1", { type: "attempt_moved", phase: "working", evidence: [] });
      project.end("T-1", "crashed", cannotStart);
      const [slot] = project.state.slots.values();
      assert.equal((slot?.broken?.retryAt ?? 0) - project.now, seconds * 1_000);
      if (seconds < 30) leap(project);
    }
    project.checkGoal(true);
    assert.equal(project.exitCode, 7);
  });

  test("is given what comes first when there is nobody else, whoever it is pinned to", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-1"));
    project.end("T-1", "crashed", cannotStart);
    project.add(draft("T-2"), draft("T-3", { agent: agent("a") }));
    leap(project);
    assert.equal(project.holder("T-2"), "a");
  });

  test("is left to others also by a task of its role", () => {
    const project = new Project();
    project.run({ a: ["docs"], b: [] });
    project.add(draft("T-1"));
    project.end("T-1", "crashed", cannotStart);
    project.end("T-1", "verified");
    project.now += 2_000;
    project.control({ type: "tick" });
    project.add(draft("T-2", { role: "docs" }));
    assert.equal(project.holder("T-2"), "b");
  });

  test("keeps tasks that are pinned to it for three tries, then a person is asked", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(draft("T-0", { agent: agent("b") }), draft("T-1", { agent: agent("a") }));
    project.add(draft("T-2", { agent: agent("a") }));
    const began = project.now;
    for (const failures of [1, 2]) {
      project.end("T-1", "crashed", cannotStart);
      assert.equal(project.stateOf("T-1"), "queued", `after ${failures}`);
      leap(project);
      assert.equal(project.holder("T-1"), "a");
    }
    project.end("T-1", "crashed", cannotStart);
    assert.equal(project.now - began, 7_000);
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.equal(project.stateOf("T-2"), "needs_human");
    assert.match(project.state.inbox.get("no_agent:T-2")?.says ?? "", /cannot be used: not logged/);
    // Another task finds that it can be used again.
    project.add(draft("T-3"));
    assert.equal(project.stateOf("T-3"), "queued");
    leap(project);
    assert.equal(project.now - began, 37_000);
    assert.equal(project.holder("T-3"), "a");
    assert.equal(project.stateOf("T-2"), "needs_human");
    works(project, "T-3");
    assert.equal(project.stateOf("T-2"), "queued");
    assert.equal(project.state.inbox.size, 0);
  });

  test("is tried at once when the next run begins", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-1"));
    project.end("T-1", "crashed", cannotStart);
    assert.equal(project.stateOf("T-1"), "queued");
    project.control({ type: "run_ended", exitCode: 143, why: "stopped" });
    project.run({ a: [] });
    assert.equal(project.holder("T-1"), "a");
  });
});

describe("a run without an agent that can be used", () => {
  test("ends with 7 after three tries of each, in 7 s", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(draft("T-1"), draft("T-2"));
    const began = project.now;
    for (;;) {
      for (const name of ["T-1", "T-2"]) {
        if (project.stateOf(name) === "running") project.end(name, "crashed", cannotStart);
      }
      if (project.state.goalCheck !== null) break;
      leap(project);
    }
    project.checkGoal(true);
    assert.equal(project.exitCode, 7);
    assert.equal(project.now - began, 7_000);
    assert.match(project.outlook.kind === "over" ? project.outlook.why : "", /a-1: not logged in/);
    assert.equal(project.task("T-1").attempts.length + project.task("T-2").attempts.length, 6);
  });

  test("ends with 7 at once when no program is there", () => {
    const project = new Project();
    const start = runStarted({ a: [], b: [] });
    const slots = start.slots.map((slot) => ({ ...slot, broken: "no such program" }));
    project.add(draft("T-1"), draft("T-2", { agent: agent("a") }));
    project.control({ ...start, slots });
    project.checkGoal(true);
    assert.equal(project.exitCode, 7);
    assert.deepEqual([project.stateOf("T-1"), project.stateOf("T-2")], ["queued", "queued"]);
  });

  test("waits about an hour for one that has worked in this run", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-1"), draft("T-2"));
    works(project, "T-1");
    project.end("T-1", "verified");
    project.land("T-1");
    const began = project.now;
    for (let tries = 1; tries <= 10; tries += 1) {
      assert.equal(project.exitCode, null, `before try ${tries}`);
      project.end("T-2", "crashed", cannotStart);
      if (tries < 10) leap(project);
    }
    project.checkGoal(true);
    assert.equal(project.exitCode, 7);
    assert.equal(Math.round((project.now - began) / 60_000), 62);
  });

  test("goes on while one of them can be used", () => {
    const project = new Project();
    const start = runStarted({ a: [], b: [] });
    const slots = start.slots.map((slot, n) => (n === 0 ? { ...slot, broken: "missing" } : slot));
    project.control({ ...start, slots });
    project.add(draft("T-1"), draft("T-2"));
    assert.equal(project.holder("T-1"), "b");
    leap(project);
    assert.equal(project.now, 31_000);
    assert.equal(project.holder("T-2"), "a", "it may have been installed meanwhile");
  });
});

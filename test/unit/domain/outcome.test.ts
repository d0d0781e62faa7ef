/** What the end of an attempt leads to, for every outcome, below and at the last attempt. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Outcome, outcomes } from "../../../src/domain/attempt.ts";
import { draft, Project, sha, work } from "./project.ts";

/** Two agents, and a task that the first of them works on. */
function atWork(perTask = 3): Project {
  const project = new Project();
  project.run({ first: [], second: [] }, { perTask });
  project.add(draft("T-1"));
  assert.equal(project.holder("T-1"), "first");
  return project;
}

type Stand = "again by first" | "again by second" | "waits" | "needs_human" | "failed" | "landing";

function standOf(project: Project): Stand {
  const task = project.task("T-1");
  if (task.state === "running") return `again by ${project.holder("T-1")}` as Stand;
  if (task.state === "waiting") return "waits";
  assert(task.state === "needs_human" || task.state === "failed" || task.state === "landing");
  return task.state;
}

const table: Readonly<Record<Outcome, readonly [below: Stand, atLast: Stand]>> = {
  verified: ["landing", "landing"],
  no_change: ["needs_human", "needs_human"],
  gate_failed: ["again by second", "failed"],
  conflict: ["again by first", "needs_human"],
  blocked: ["needs_human", "needs_human"],
  stalled: ["again by second", "failed"],
  timed_out: ["again by second", "failed"],
  crashed: ["waits", "failed"],
  refused: ["again by first", "needs_human"],
  limited: ["again by second", "again by second"],
  handed_off: ["again by first", "again by first"],
  lost: ["again by first", "again by first"],
  cancelled: ["again by first", "again by first"],
};

describe("the end of an attempt", () => {
  for (const outcome of outcomes) {
    const [below, atLast] = table[outcome];
    test(`${outcome} leads to "${below}", and to "${atLast}" at the last attempt`, () => {
      const early = atWork();
      early.end("T-1", outcome);
      assert.equal(standOf(early), below);
      const late = atWork(1);
      late.end("T-1", outcome);
      assert.equal(standOf(late), atLast);
    });
  }

  test("frees its slot and settles its lease", () => {
    const project = atWork();
    const decision = project.end("T-1", "blocked");
    assert.equal(decision.settle, true);
    assert.deepEqual(
      [...project.state.slots.values()].map((slot) => slot.task),
      [null, null],
    );
  });

  test("no change is done where the task's own check passes", () => {
    const project = atWork();
    project.end("T-1", "no_change", { verifyPassed: true });
    assert.equal(project.stateOf("T-1"), "done");
  });

  test("attempts that do not count leave the limit alone", () => {
    const project = atWork(2);
    for (const outcome of ["limited", "handed_off", "lost", "cancelled"] as const) {
      project.end("T-1", outcome);
    }
    project.end("T-1", "stalled");
    assert.equal(project.stateOf("T-1"), "running");
    project.end("T-1", "gate_failed");
    assert.equal(project.stateOf("T-1"), "failed");
  });

  test("what a person must look at stands in the inbox under its own kind", () => {
    for (const [outcome, kind] of [
      ["blocked", "blocked"],
      ["no_change", "no_change"],
      ["conflict", "conflict"],
      ["refused", "blocked"],
    ] as const) {
      const project = atWork(1);
      project.end("T-1", outcome);
      const [line] = [...project.state.inbox.values()];
      assert.equal(line?.kind, kind, outcome);
    }
  });

  test("each crash in a row waits four times as long", () => {
    const project = atWork(9);
    const waits = [1, 2, 3, 4, 5].map(() => {
      const before = project.now;
      project.end("T-1", "crashed");
      const until = project.state.timers.get(project.task("T-1").spec.id);
      assert(until !== undefined);
      project.now = until - 1;
      project.control({ type: "tick" });
      assert.equal(project.stateOf("T-1"), "waiting");
      project.now = until;
      project.control({ type: "tick" });
      assert.equal(project.stateOf("T-1"), "running");
      return until - before;
    });
    assert.deepEqual(waits, [1_000, 4_000, 16_000, 64_000, 256_000]);
  });

  test("ten leases lost in a row by silence go to a person, nine do not", () => {
    const project = atWork(1);
    for (let n = 0; n < 9; n += 1) project.lose("T-1");
    assert.equal(project.stateOf("T-1"), "running");
    project.lose("T-1");
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.equal(project.state.inbox.get("lost:T-1")?.kind, "lost");
  });

  test("another end in between starts the row of lost leases anew", () => {
    const project = atWork(5);
    for (let n = 0; n < 9; n += 1) project.lose("T-1");
    project.end("T-1", "stalled");
    for (let n = 0; n < 9; n += 1) project.lose("T-1");
    assert.equal(project.stateOf("T-1"), "running");
  });

  test("being killed along with temoin any number of times fails no task", () => {
    const project = atWork(1);
    for (let n = 0; n < 40; n += 1) {
      project.control({ type: "run_ended", exitCode: 1, why: "killed" });
      project.lose("T-1", true);
      assert.equal(project.stateOf("T-1"), "queued");
      project.run({ first: [], second: [] }, { perTask: 1 });
    }
    assert.equal(project.stateOf("T-1"), "running");
    assert.equal(project.task("T-1").attempts.length, 41);
  });

  test("green work without a commit is a bug of the runner and is not taken", () => {
    const project = atWork();
    const parts = { work: work({ saved: sha(3) }) };
    assert.throws(() => project.end("T-1", "verified", parts), /verified without a commit/);
  });
});

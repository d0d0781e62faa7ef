/** When a run is over, and with which exit code. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { goal } from "../../../src/domain/goal-items.ts";
import { nextTick } from "../../../src/domain/next-tick.ts";
import { orderFor } from "../../../src/domain/orders.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import { id } from "../../task-spec.ts";
import { agent, draft, Project, typesOf } from "./project.ts";

const queueAndGates: Partial<Policy> = {
  goal: [{ kind: "queue" }, { kind: "gates" }],
  gates: ["test"],
  perTask: 1,
};

function started(policy: Partial<Policy> = queueAndGates): Project {
  const project = new Project();
  project.run({ a: [] }, policy);
  return project;
}

function finish(project: Project, name: string): void {
  project.end(name, "verified");
  project.land(name);
}

function goalItems(project: Project): readonly string[] {
  const check = project.state.goalCheck?.check ?? 0;
  const order = orderFor(project.state, { kind: "goal", check }, null);
  return order?.kind === "goal" ? order.items.map((item) => item.kind) : ["no order"];
}

describe("a run", () => {
  test("with nothing to do looks at its goal, once", () => {
    const project = new Project();
    const begin = project.run({ a: [] }, queueAndGates);
    assert.equal(begin.offers[0]?.queue, "$goal");
    assert.equal(project.outlook.kind, "working");
    assert.deepEqual(typesOf(project.control({ type: "tick" })), []);
    assert.deepEqual(goalItems(project), ["queue", "gates"]);
  });

  test("ends with 0 when its goal is met", () => {
    const project = started();
    project.add(draft("T-1"));
    assert.equal(project.exitCode, null);
    finish(project, "T-1");
    assert.equal(project.exitCode, null);
    project.checkGoal(true);
    assert.equal(project.exitCode, 0);
    assert.deepEqual(
      goal(project.state).map((item) => item.met),
      [true, true],
    );
  });

  test("ends with 3 when nothing can go on and nobody can help", () => {
    const project = started();
    project.add(draft("T-1"));
    project.end("T-1", "stalled");
    assert.deepEqual(goalItems(project), []);
    project.checkGoal(true);
    assert.equal(project.exitCode, 3);
  });

  test("with a task that failed for other reasons calls gates that it did not look at not red", () => {
    const project = started();
    project.add(draft("T-1"));
    project.end("T-1", "stalled");
    const lease = { ...project.lease("T-1"), data: { kind: "goal", check: 2 } };
    const input = { type: "goal_checked", results: [], followBlocked: null } as const;
    project.do({ from: "runner", input, lease });
    assert.equal(project.exitCode, 3);
  });

  test("ends with 4 when something waits for a person, also for a branch that could not follow", () => {
    const asked = started();
    asked.add(draft("T-1"), draft("T-2"), draft("T-3"));
    asked.end("T-1", "blocked");
    assert.equal(asked.exitCode, null);
    finish(asked, "T-2");
    asked.end("T-3", "blocked");
    asked.checkGoal(true);
    assert.equal(asked.exitCode, 4);
    const { outlook } = asked;
    assert.equal(outlook.kind === "over" && outlook.why, "2 waiting for a person: T-1, T-3");
    const paused = started();
    paused.ask({ type: "pause", id: null });
    paused.add(draft("T-1"));
    paused.ask({ type: "pause", id: id("T-1") });
    paused.ask({ type: "resume", id: null });
    paused.checkGoal(true);
    assert.equal(paused.exitCode, 4);
    const behind = started();
    behind.checkGoal(true, "a.txt is in the way");
    assert.equal(behind.exitCode, 4);
  });

  test("ends with 5 when gates are red and no attempt is left", () => {
    const failed = started();
    failed.add(draft("T-1"));
    failed.end("T-1", "gate_failed");
    failed.checkGoal(true);
    assert.equal(failed.exitCode, 5);
    const red = started();
    red.add(draft("T-1"));
    finish(red, "T-1");
    red.checkGoal(false);
    assert.equal(red.exitCode, 5);
  });

  test("ends with 6 at its deadline, when what is at work has come to its end", () => {
    const project = started({ ...queueAndGates, deadline: 9_000 });
    project.add(draft("T-1"), draft("T-2"));
    assert.equal(nextTick(project.state, project.now), 9_000);
    project.now = 9_000;
    assert.equal(nextTick(project.state, project.now), null);
    project.control({ type: "tick" });
    assert.equal(project.outlook.kind, "working");
    finish(project, "T-1");
    assert.equal(project.stateOf("T-2"), "queued");
    project.checkGoal(true);
    assert.equal(project.exitCode, 6);
  });

  test("ends with 0 at its deadline when its goal is met all the same", () => {
    const project = started({ ...queueAndGates, deadline: 9_000 });
    project.add(draft("T-1"));
    project.now = 9_000;
    finish(project, "T-1");
    project.checkGoal(true);
    assert.equal(project.exitCode, 0);
  });

  test("that is stopping ends when what is at work has come to its end", () => {
    const project = started();
    project.add(draft("T-1"), draft("T-2"));
    project.control({ type: "stop", why: "a signal", exitCode: 143 });
    assert.equal(project.exitCode, null);
    finish(project, "T-1");
    assert.equal(project.stateOf("T-2"), "queued");
    assert.equal(project.exitCode, 143);
  });

  test("waits as long as it is paused with work in the queue", () => {
    const project = started();
    project.ask({ type: "pause", id: null });
    project.add(draft("T-1"));
    assert.equal(project.outlook.kind, "working");
  });

  test("waits for a time that will come", () => {
    const project = started({ ...queueAndGates, perTask: 2 });
    project.add(draft("T-1"));
    project.end("T-1", "crashed");
    assert.equal(project.outlook.kind, "working");
    assert.equal(nextTick(project.state, project.now), project.now + 1_000);
  });
});

describe("the look at the goal", () => {
  test("is asked for anew when something has changed meanwhile, and the old answer is dropped", () => {
    const project = started();
    project.add(draft("T-1"));
    project.end("T-1", "stalled");
    const old = project.state.goalCheck?.check ?? 0;
    const decision = project.ask({ type: "cancel", id: id("T-1") });
    assert.deepEqual(typesOf(decision), ["inbox_cleared", "task_cancelled", "goal_asked"]);
    assert.equal(orderFor(project.state, { kind: "goal", check: old }, null), null);
    const lease = { ...project.lease("T-1"), data: { kind: "goal", check: old } };
    const input = { type: "goal_checked", results: [], followBlocked: null } as const;
    project.do({ from: "runner", input, lease });
    assert.equal(project.exitCode, null);
    project.checkGoal(true);
    assert.equal(project.exitCode, 0);
    const why = project.outlook.kind === "over" ? project.outlook.why : null;
    assert.equal(why, "the goal is met (of 1 task 0 done, 0 skipped, 1 cancelled)");
  });

  test("is asked for again when it was lost, and only if it still matters", () => {
    const project = started();
    const check = project.state.goalCheck?.check ?? 0;
    assert.deepEqual(typesOf(project.control({ type: "goal_lost", check })), ["goal_asked"]);
    assert.deepEqual(typesOf(project.control({ type: "goal_lost", check })), []);
  });

  test("comes after the last task that an agent can take, not after one that waits for a person", () => {
    const project = started();
    project.add(draft("T-1", { agent: agent("nobody") }));
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.notEqual(project.state.goalCheck, null);
  });
});

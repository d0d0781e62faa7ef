/** A person's word on what lands: held changes, landings taken back, and runs that land nothing. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { orderFor } from "../../../src/domain/orders.ts";
import { id } from "../../task-spec.ts";
import { agent, draft, Project, sha, typesOf, work } from "./project.ts";

const one = id("T-1");

function held(): Project {
  const project = new Project();
  project.run({ a: [], b: [] }, { review: true });
  project.add(draft("T-0", { agent: agent("a") }), draft("T-1"), draft("T-2", { deps: [one] }));
  project.end("T-0", "blocked");
  project.end("T-1", "verified");
  return project;
}

function landed(): Project {
  const project = new Project();
  project.run({ a: [], b: [] });
  project.add(draft("T-1"));
  project.end("T-1", "verified");
  project.land("T-1");
  return project;
}

describe("a change that is held for review", () => {
  test("waits before a person, with its next step, and its dependants with it", () => {
    const project = held();
    const task = project.task("T-1");
    assert(task.state === "needs_human" && task.review === 1);
    assert.match(
      project.state.inbox.get("review:T-1")?.next ?? "",
      /^temoin diff T-1, then temoin land T-1/,
    );
    assert.equal(project.stateOf("T-2"), "waiting");
    assert.equal(project.exitCode ?? 4, 4);
  });

  test("lands by a person's word: merged and tested as any other, and no line is left", () => {
    const project = held();
    const decision = project.ask({ type: "land", id: one });
    assert.equal(decision.offers[0]?.id, "T-1/1/landing/0");
    assert.equal(project.stateOf("T-1"), "landing");
    assert.equal(project.state.inbox.has("review:T-1"), false);
    project.land("T-1");
    assert.equal(project.stateOf("T-1"), "done");
    assert.match(project.refused({ type: "land", id: one }).refused, /no change of it waits/);
  });

  test("that is rejected goes to the same agent, on the same branch, with the words", () => {
    const project = held();
    const by = project.task("T-1").attempts[0]?.agent;
    project.ask({ type: "reject", id: one, tellId: "t", text: "use the other file" });
    const task = project.task("T-1");
    const second = task.attempts[1];
    assert.equal(second?.agent, by);
    assert(second?.base.from === "attempt" && second.base.commit === sha(1));
    assert.deepEqual(
      task.tells.map(({ text }) => text),
      ["use the other file"],
    );
    project.end("T-1", "verified");
    assert.equal(project.stateOf("T-1"), "needs_human", "it is held anew");
    const empty = project.refused({ type: "reject", id: one, tellId: "u", text: " " });
    assert.equal(empty.code, "usage");
  });

  test("is let go also between two runs", () => {
    const project = held();
    project.control({ type: "run_ended", exitCode: 4, why: "a person is asked" });
    project.ask({ type: "land", id: one });
    project.run({ a: [], b: [] }, { review: true });
    assert.equal(project.stateOf("T-1"), "landing");
    project.land("T-1");
    assert.equal(project.stateOf("T-1"), "done");
  });
});

describe("a landing that is taken back", () => {
  test("goes through the queue, and opens its task again with the reason", () => {
    const project = landed();
    project.add(draft("T-2", { deps: [one], agent: agent("nobody") }));
    const decision = project.ask({ type: "revert", id: one, reason: "it broke the site" });
    assert.match(decision.offers[0]?.id ?? "", /^T-1\/1\/revert\/\d+\/0$/);
    const data = { kind: "landing", task: one, attempt: 1 } as const;
    const order = orderFor(project.state, data, null);
    assert(order?.kind === "landing");
    assert.deepEqual(order.revert, { sha: sha(9), reason: "it broke the site" });
    project.say("T-1", { type: "landed", sha: sha(8), proven: true, followBlocked: null });
    const task = project.task("T-1");
    assert.equal(task.state, "running");
    assert.deepEqual(task.attempts[1]?.base, { from: "target" });
    assert.match(
      task.tells[0]?.text ?? "",
      /taken back.*Why: it broke the site\. .*git revert --no-commit 0+8`/,
    );
    assert.equal(task.lifeStart, 1);
  });

  test("stays landed where it cannot be taken back, and a person is told who is in the way", () => {
    const project = landed();
    const before = project.task("T-1");
    project.ask({ type: "revert", id: one, reason: "" });
    const why = "conflicts with main in a.txt, changed since by T-4";
    project.say("T-1", { type: "landing_refused", outcome: "conflict", why });
    assert.deepEqual(project.task("T-1"), before);
    assert.match(project.state.inbox.get("revert:T-1")?.says ?? "", /could not be taken back.*T-4/);
  });

  test("that is lost with its runner is offered again, and called off by a cancel", () => {
    const project = landed();
    const asked = project.ask({ type: "revert", id: one, reason: "" });
    const again = project.lose("T-1");
    assert.deepEqual(again.retract[0]?.id, asked.offers[0]?.id);
    assert.match(again.offers[0]?.id ?? "", /\/1$/);
    assert.match(project.refused({ type: "revert", id: one, reason: "" }).refused, /already/);
    project.refused({ type: "skip", id: one });
    project.ask({ type: "cancel", id: one });
    assert.equal(project.stateOf("T-1"), "done");
    assert.equal(project.state.inbox.size, 0);
  });

  test("is refused for what has not landed", () => {
    const project = held();
    assert.match(
      project.refused({ type: "revert", id: one, reason: "" }).refused,
      /has not landed/,
    );
  });
});

describe("a run that lands nothing", () => {
  const none = { landing: "none" } as const;

  test("leaves the verified branch, and builds on it what depends on it", () => {
    const project = new Project();
    project.run({ a: [] }, none);
    project.add(draft("T-1"), draft("T-2", { deps: [one] }));
    project.end("T-1", "verified", { work: work({ head: sha(5), commits: 1 }) });
    const task = project.task("T-1");
    assert(task.state === "done" && task.how === "branch" && task.sha === sha(5) && !task.proven);
    const order = orderFor(project.state, { kind: "attempt", task: id("T-2"), attempt: 1 }, "");
    assert(order?.kind === "attempt");
    assert.deepEqual(order.onto, [{ task: "T-1", head: sha(5) }]);
    assert.match(project.refused({ type: "land", id: one }).hint, /git merge temoin\/T-1\/1/);
  });

  test("leaves what waited to land, and finishes what had begun", () => {
    for (const begun of [false, true]) {
      const project = new Project();
      project.run({ a: [] });
      project.add(draft("T-1"));
      project.end("T-1", "verified");
      const prepared = { expected: sha(1), mergeSha: sha(2) };
      if (begun) project.say("T-1", { type: "landing_prepared", prepared });
      project.control({ type: "run_ended", exitCode: 137, why: "killed" });
      project.lose("T-1", true);
      const decision = project.run({ a: [] }, none);
      assert.equal(project.stateOf("T-1"), begun ? "landing" : "done");
      assert.equal(typesOf(decision).includes("task_done"), !begun);
    }
  });
});

/** From green work to the target, and back when it does not fit. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { orderFor } from "../../../src/domain/orders.ts";
import { id } from "../../task-spec.ts";
import { agent, draft, Project, sha, typesOf } from "./project.ts";
import { taskIn } from "./stages.ts";

const prepared = { expected: sha(1), mergeSha: sha(2) };

function landing(): Project {
  const project = new Project();
  project.run({ a: [], b: [] });
  project.add(draft("T-0", { agent: agent("a") }), draft("T-1"));
  project.end("T-0", "blocked");
  assert.equal(project.holder("T-1"), "b");
  project.end("T-1", "verified");
  return project;
}

function orderOf(project: Project) {
  const data = { kind: "landing", task: id("T-1"), attempt: 1 } as const;
  const order = orderFor(project.state, data, null);
  return order?.kind === "landing" ? order : null;
}

describe("a landing", () => {
  test("that is given back ten times goes to a person", () => {
    const project = landing();
    for (let n = 1; n < 10; n += 1) {
      project.say("T-1", { type: "landing_lost", why: "git is locked" });
      assert.equal(project.task("T-1").state, "landing", `after ${n}`);
    }
    project.say("T-1", { type: "landing_lost", why: "git is locked" });
    assert.equal(project.task("T-1").state, "needs_human");
    assert.match(project.state.inbox.get("lost:T-1")?.says ?? "", /10 times: git is locked/);
  });

  test("is offered with the priority of its task while the slot takes the next one", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-1", { priority: "urgent" }), draft("T-2"));
    const decision = project.end("T-1", "verified");
    assert.equal(project.holder("T-2"), "a");
    const offer = decision.offers.find((one) => one.queue === "$landing");
    assert.deepEqual([offer?.id, offer?.priority], ["T-1/1/landing/0", 3]);
  });

  for (const outcome of ["gate_failed", "conflict"] as const) {
    test(`that is refused as ${outcome} replaces the outcome and prefers its own agent`, () => {
      const project = landing();
      const decision = project.say("T-1", { type: "landing_refused", outcome, why: "no" });
      assert.equal(decision.settle, true);
      const [first] = project.task("T-1").attempts;
      assert(first?.phase === "ended" && first.outcome === outcome && first.why === "no");
      assert.equal(project.holder("T-1"), "b");
      const start = project.task("T-1").attempts[1]?.base;
      assert(start?.from === "attempt" && start.commit === sha(1) && start.because === outcome);
    });
  }

  test("of nothing that is new goes to a person", () => {
    const project = landing();
    project.say("T-1", { type: "landing_refused", outcome: "no_change", why: "nothing to merge" });
    assert.equal(project.stateOf("T-1"), "needs_human");
  });

  test("counts as a used attempt when it is refused", () => {
    const project = taskIn("landing");
    project.say("T-1", { type: "landing_refused", outcome: "gate_failed", why: "red" });
    assert.equal(project.stateOf("T-1"), "failed");
  });

  test("that is lost is offered again under another id, with what was prepared", () => {
    const project = landing();
    project.say("T-1", { type: "landing_prepared", prepared });
    const decision = project.lose("T-1");
    assert.deepEqual(decision.retract, [{ queue: "$landing", id: "T-1/1/landing/0" }]);
    assert.equal(decision.offers[0]?.id, "T-1/1/landing/1");
    assert.deepEqual(orderOf(project)?.prepared, prepared);
  });

  test("that is lost with temoin is offered by the next run", () => {
    const project = landing();
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    assert.deepEqual(project.lose("T-1", true).offers, []);
    assert.equal(orderOf(project), null);
    const begin = project.run({ a: [], b: [] });
    assert.equal(begin.offers.find((one) => one.queue === "$landing")?.id, "T-1/1/landing/1");
    project.land("T-1");
    assert.equal(project.stateOf("T-1"), "done");
  });

  test("that is cancelled leaves the queue before the target moves", () => {
    const project = landing();
    const decision = project.ask({ type: "cancel", id: id("T-1") });
    assert.deepEqual(decision.retract, [{ queue: "$landing", id: "T-1/1/landing/0" }]);
    assert.equal(project.stateOf("T-1"), "cancelled");
  });

  test("that is prepared is seen through in spite of a person, and ended if it is refused", () => {
    const done = landing();
    done.say("T-1", { type: "landing_prepared", prepared });
    assert.deepEqual(typesOf(done.ask({ type: "cancel", id: id("T-1") })), ["ending_asked"]);
    done.land("T-1");
    assert.equal(done.stateOf("T-1"), "done");
    const refused = landing();
    refused.say("T-1", { type: "landing_prepared", prepared });
    refused.ask({ type: "skip", id: id("T-1") });
    refused.say("T-1", { type: "landing_refused", outcome: "conflict", why: "no" });
    assert.equal(refused.stateOf("T-1"), "skipped");
  });

  test("notes once that the person's branch could not follow, and takes it back when it has", () => {
    const project = landing();
    const landed = { type: "landed", sha: sha(9), proven: true } as const;
    project.say("T-1", { ...landed, followBlocked: "a.txt has changes" });
    assert.match(project.state.inbox.get("follow")?.says ?? "", /main could not follow .*a\.txt/);
    project.add(draft("T-2"));
    project.end("T-2", "verified");
    project.say("T-2", { ...landed, followBlocked: null });
    assert.equal(project.state.inbox.has("follow"), false);
  });
});

describe("late words under a lease that is over", () => {
  test("find it gone: what a lost attempt was offered as leaves its queue", () => {
    const project = taskIn("running");
    assert.deepEqual(project.lose("T-1").retract, [{ queue: "a-1", id: "T-1/1" }]);
  });

  test("decide nothing but the end of that lease", () => {
    const project = taskIn("running");
    const lease = project.lease("T-1");
    project.lose("T-1");
    const input = { type: "attempt_moved", phase: "working", evidence: [] } as const;
    const late = project.do({ from: "runner", lease, input });
    assert.deepEqual(late, { events: [], offers: [], retract: [], settle: true });
  });

  test("of a landing that was cancelled move nothing", () => {
    const project = landing();
    const lease = project.lease("T-1");
    project.ask({ type: "cancel", id: id("T-1") });
    const input = { type: "landing_prepared", prepared } as const;
    const late = project.do({ from: "runner", lease, input });
    assert.deepEqual(late, { events: [], offers: [], retract: [], settle: true });
  });
});

/** A target that turns red: a task that mends it goes first, and nothing else lands meanwhile. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import type { Failure } from "../../../src/domain/gate-output.ts";
import { orderFor } from "../../../src/domain/orders.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import { id } from "../../task-spec.ts";
import { draft, Project, runStarted, sha, typesOf } from "./project.ts";

const failure: Failure = {
  file: "src/a.rs",
  line: 7,
  test: "adds",
  code: null,
  message: "left: 1",
};

const green: GateResult = {
  name: "test",
  verdict: "passed",
  exitCode: 0,
  durationMs: 10,
  proof: "proof/target/0/x.log",
  why: "It passed.",
  where: "target",
  round: 0,
};
const red: GateResult = {
  ...green,
  verdict: "failed",
  exitCode: 1,
  why: "It failed.",
  failures: [failure],
};
/** Only an exit code is known of it. */
const { failures: _failures, ...blank } = red;

function started(policy: Partial<Policy> = {}): Project {
  const project = new Project();
  project.run({ a: [], b: ["fixing"] }, { gates: ["test"], ...policy });
  project.add(draft("T-1"));
  return project;
}

function looked(project: Project, task: string, at: number, ...results: readonly GateResult[]) {
  const commits = ["abc Person's commit", "def Land T-9 T-9"];
  return project.say(task, { type: "target_checked", sha: sha(at), results, commits });
}

describe("a target that is red", () => {
  test("gets an urgent task that has the failures, the proof and the commits in its brief", () => {
    const project = started();
    looked(project, "T-1", 7, green);
    looked(project, "T-1", 1, red);
    const { spec } = project.task("FIX-1");
    assert.equal(spec.priority, "urgent");
    assert.equal(project.holder("FIX-1"), "b", "it begins at once");
    const order = orderFor(project.state, { kind: "attempt", task: spec.id, attempt: 1 }, null);
    assert(order?.kind === "attempt");
    const text = JSON.stringify(order.brief);
    for (const word of ["src/a.rs:7", "adds", "left: 1", "x.log", "Person's commit", "T-9"]) {
      assert.ok(text.includes(word), word);
    }
  });

  test("holds back what waits to land, and only that; it lands when the task has", () => {
    const project = started();
    project.end("T-1", "verified");
    const before = project.lease("T-1");
    project.add(draft("T-2"));
    const decision = looked(project, "T-2", 1, red);
    assert.deepEqual(decision.retract, [{ queue: "$landing", id: "T-1/1/landing/0" }]);
    assert.equal(project.stateOf("T-1"), "landing");
    project.end("T-2", "verified");
    assert.equal(project.stateOf("T-2"), "landing");
    assert.ok(project.state.redTarget !== null);
    assert.equal(project.outlook.kind, "working", "FIX-1 is at work");

    const offered = project.end("FIX-1", "verified").offers.map(({ id }) => id);
    assert.deepEqual(offered, ["FIX-1/1/landing/0"], "it lands as nothing else does");
    const landed = project.land("FIX-1");
    assert.deepEqual(
      landed.offers.map(({ id }) => id),
      ["T-1/1/landing/1", "T-2/1/landing/0"],
    );
    assert.equal(project.state.redTarget, null);
    project.land("T-1");
    assert.ok(before.id !== "");
    assert.equal(project.stateOf("T-1"), "done");
  });

  test("that nobody mends ends the run with 4, also where a queued task waits for the files of a landing", () => {
    const project = started();
    project.add(draft("T-2", { touches: ["src/**"] }), draft("T-3", { touches: ["src/a.rs"] }));
    project.end("T-2", "verified");
    looked(project, "T-1", 1, red);
    project.end("T-1", "blocked");
    project.end("FIX-1", "blocked");
    assert.equal(project.stateOf("T-3"), "queued", "T-2 waits to land in the same files");
    assert.equal(project.outlook.kind, "working", "the goal is looked at");
    project.checkGoal(false);
    assert.equal(project.exitCode, 4);
    assert.match(JSON.stringify(project.outlook), /the target is red and nobody mends it/);
  });

  test("leaves alone what is prepared: it may have landed", () => {
    const project = started();
    project.end("T-1", "verified");
    const prepared = { expected: sha(1), mergeSha: sha(2) };
    project.say("T-1", { type: "landing_prepared", prepared });
    project.add(draft("T-2"));
    assert.deepEqual(looked(project, "T-2", 1, red).retract, []);
    project.land("T-1");
    assert.equal(project.state.redTarget, null, "what landed has passed the gates");
  });

  test("gets no second task for the same failures while there is one", () => {
    const project = started();
    looked(project, "T-1", 1, red);
    looked(project, "T-1", 2, { ...red, failures: [{ ...failure, line: 9 }] });
    assert.equal(project.state.tasks.has(id("FIX-2")), false);
    assert.equal(project.state.redTarget?.sha, sha(2));
    looked(project, "T-1", 3, { ...red, failures: [{ ...failure, test: "subtracts" }] });
    assert.equal(project.state.redTarget?.fix, "FIX-2");
  });

  test("after fixTasks for the same failures waits for a person, and the run ends with 4", () => {
    const project = started({ fixTasks: 2 });
    looked(project, "T-1", 7, green);
    for (const n of [1, 2]) {
      looked(project, "T-1", n, red);
      project.end(`FIX-${n}`, "verified");
      project.land(`FIX-${n}`);
    }
    looked(project, "T-1", 3, red);
    assert.equal(project.state.redTarget?.fix, null);
    assert.ok([...project.state.inbox.values()].some(({ kind }) => kind === "fix"));
    project.end("T-1", "verified");
    project.checkGoal(false);
    assert.equal(project.exitCode, 4);
    // The person has mended it, and starts again.
    project.control({ type: "run_ended", exitCode: 4, why: "red" });
    const again = runStarted({ a: [] }, { gates: ["test"], fixTasks: 2 });
    const decision = project.control({ ...again, targetSha: sha(8) });
    assert.equal(project.state.redTarget, null);
    assert.ok(decision.offers.some(({ queue }) => queue === "$landing"));
  });

  test("that a person has mended ends the task that was to do it", () => {
    const project = started();
    project.add(draft("T-2"));
    looked(project, "T-1", 7, green);
    looked(project, "T-1", 1, red);
    assert.equal(project.stateOf("FIX-1"), "queued", "both agents are busy");
    const decision = looked(project, "T-1", 2, green);
    assert.ok(typesOf(decision).includes("target_green"));
    assert.equal(project.stateOf("FIX-1"), "skipped");
  });

  for (const [what, earlier, now, isMended] of [
    [
      "from the start, of which only an exit code is known, is what tasks may be for",
      [],
      blank,
      false,
    ],
    ["by an exit code, and was green before", [green], blank, true],
    ["and says what is wrong, and was green before", [green], red, true],
    ["but skipped", [], { ...red, verdict: "skipped" }, false],
  ] as const) {
    test(`${what}: ${isMended ? "it is mended" : "nothing waits for it"}`, () => {
      const project = started();
      for (const [n, result] of earlier.entries()) looked(project, "T-1", n + 1, result);
      looked(project, "T-1", 5, now);
      assert.equal(project.state.tasks.has(id("FIX-1")), isMended);
      assert.equal(project.state.redTarget !== null, isMended);
    });
  }

  test("from the start, and says what is wrong: it is mended when something waits for it", () => {
    const project = started();
    looked(project, "T-1", 5, red);
    assert.equal(project.state.tasks.has(id("FIX-1")), false, "the queue itself may mend it");
    assert.deepEqual(
      typesOf(project.end("T-1", "verified")).filter((type) => type === "target_red"),
      ["target_red"],
    );
    assert.equal(project.stateOf("T-1"), "landing");
    assert.equal(project.state.redTarget?.fix, "FIX-1");
    assert.equal(project.holder("FIX-1"), "a", "it begins at once");
  });

  test("from the start: a change that is green on top of it lands, and no task is opened", () => {
    const project = started();
    looked(project, "T-1", 5, red);
    project.say("T-1", { type: "gates_ran", results: [{ ...green, where: "workspace" }] });
    const { offers } = project.end("T-1", "verified");
    assert.ok(offers.some(({ queue }) => queue === "$landing"));
    assert.equal(project.state.tasks.has(id("FIX-1")), false);
    project.land("T-1");
    assert.equal(project.state.redTarget, null);
  });

  test("since a push: a change that was green before it waits, and one that was made on it lands", () => {
    const project = started();
    looked(project, "T-1", 0, green);
    project.say("T-1", { type: "gates_ran", results: [{ ...green, where: "workspace" }] });
    looked(project, "T-1", 5, red);
    const queues = project.end("T-1", "verified").offers.map(({ queue }) => queue);
    assert.ok(!queues.includes("$landing"), "it began from what was green");
    project.end("FIX-1", "verified");
    assert.equal(project.stateOf("T-1"), "landing");
  });

  test("with fixTasks: 0 holds nothing back", () => {
    const project = started({ fixTasks: 0 });
    looked(project, "T-1", 1, red);
    assert.equal(project.state.redTarget, null);
    assert.equal(project.state.checks.length, 1);
  });

  test("is given to the agent that its gate names, else to the role", () => {
    const byAgent = started({ fixers: { test: "b" } });
    looked(byAgent, "T-1", 9, green);
    looked(byAgent, "T-1", 1, red);
    assert.equal(byAgent.holder("FIX-1"), "b");
    const byRole = started({ fixers: { test: "fixing" } });
    looked(byRole, "T-1", 9, green);
    looked(byRole, "T-1", 1, red);
    assert.equal(byRole.task("FIX-1").spec.role, "fixing");
    assert.equal(byRole.holder("FIX-1"), "b");
  });

  test("is known again after a restart with the same gates, and not with others", () => {
    const project = started();
    looked(project, "T-1", 7, green);
    looked(project, "T-1", 0, red);
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    project.lose("T-1", true);
    project.lose("FIX-1", true);
    project.control(runStarted({ a: [] }, { gates: ["test"] }));
    assert.equal(project.state.redTarget?.fix, "FIX-1");
    assert.equal(project.state.checks.length, 2);
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    project.lose("FIX-1", true);
    project.control({ ...runStarted({ a: [] }, { gates: ["test"] }), configHash: "1" });
    assert.deepEqual([project.state.redTarget, project.state.checks], [null, []]);
  });
});

test("what a task's own command has found as it landed says nothing of that of the next task", () => {
  const project = started();
  const landing = { ...green, where: "landing" } as const;
  const own = { ...landing, name: "verify", tests: { ran: 3, failed: 0, skipped: 0 } };
  project.end("T-1", "verified");
  project.say("T-1", { type: "gates_ran", results: [landing, own] });
  project.land("T-1");
  const known = project.state.checks.at(-1)?.results.map(({ name }) => name);
  assert.deepEqual(known, ["test"]);
});

test("a red gate sends the task to the agent that it names, first, from the branch", () => {
  const project = new Project();
  project.run({ a: [], b: [], c: [] }, { fixers: { test: "a" } });
  project.add(draft("T-1", { priority: "low" }), draft("T-2"), draft("T-3"));
  project.add(draft("T-4", { priority: "high" }));
  const first = project.holder("T-1");
  project.say("T-1", { type: "gates_ran", results: [{ ...blank, where: "workspace" }] });
  project.end("T-1", "gate_failed", { work: { head: sha(7), saved: null, commits: 1 } });
  assert.equal(project.holder("T-1"), first, "it is served before T-4, by whoever is free");
  const last = project.task("T-1").attempts.at(-1);
  assert.deepEqual(last?.base.from === "attempt" && last.base.commit, sha(7));
});

test("the agent that a gate names is preferred to all others that are free", () => {
  const project = new Project();
  project.run({ a: [], b: [], c: ["mending"] }, { fixers: { test: "mending" } });
  project.add(draft("T-1"));
  assert.equal(project.holder("T-1"), "a");
  project.say("T-1", { type: "gates_ran", results: [{ ...blank, where: "workspace" }] });
  project.end("T-1", "gate_failed");
  assert.equal(project.holder("T-1"), "c");
  assert.match(project.task("T-1").attempts.at(-1)?.because ?? "", /c mends what the gates/);
});

test("what is green and not believed waits for a person, who may let it land or send it back", () => {
  const ended = (): Project => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(draft("T-1"));
    const work = { head: sha(7), saved: null, commits: 1 };
    const end = { outcome: "refused", why: "fewer tests", doubt: "fewer tests", work } as const;
    const rest = { usage: null, evidence: [], slotBroken: null, limit: null, verifyPassed: false };
    project.say("T-1", { type: "attempt_ended", ...end, ...rest });
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.match(project.state.inbox.get("doubt:T-1")?.next ?? "", /temoin land T-1/);
    return project;
  };
  const landed = ended();
  landed.ask({ type: "land", id: id("T-1") });
  landed.say("T-1", { type: "landing_refused", outcome: "conflict", why: "a.txt" });
  assert.equal(landed.holder("T-1"), "a", "a conflict is mended as always");
  const rejected = ended();
  rejected.ask({ type: "tell", id: id("T-1"), tellId: "t", text: "Bring the tests back." });
  const { base } = rejected.task("T-1").attempts[1] ?? {};
  assert.equal(base?.from === "attempt" && base.commit, sha(7), "from its own work");
});

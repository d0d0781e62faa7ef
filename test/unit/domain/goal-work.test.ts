/** What is missing from the goal becomes work, and nothing is looked at twice. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { goal } from "../../../src/domain/goal-items.ts";
import type { GoalOrder } from "../../../src/domain/order.ts";
import { orderFor } from "../../../src/domain/orders.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import type { GoalResult } from "../../../src/domain/run-event.ts";
import { draft, leaseOf, Project, sha, typesOf } from "./project.ts";

const items: Policy["goal"] = [
  { kind: "queue" },
  { kind: "gates" },
  { kind: "changed", path: "README.md" },
  { kind: "run", command: "./check.sh" },
];
const policy: Partial<Policy> = { goal: items, gates: ["test"] };

const run = { name: "run: ./check.sh", met: false, detail: "exit code 1", tail: "3 < 4" };
const changed = { name: "changed: README.md", met: false, detail: "README.md has not changed" };
const gates = { name: "gates", met: true, detail: "passed" };
const redGate: GateResult = {
  name: "test",
  verdict: "failed",
  exitCode: 1,
  durationMs: 1,
  proof: null,
  why: "exit code 1",
  where: "landing",
  round: 0,
};

const met = (result: GoalResult): GoalResult => ({ name: result.name, met: true, detail: "yes" });

function order(project: Project): GoalOrder {
  const check = project.state.goalCheck?.check ?? 0;
  const found = orderFor(project.state, { kind: "goal", check }, null);
  assert(found?.kind === "goal");
  return found;
}

function look(
  project: Project,
  results: readonly GoalResult[],
  at = sha(7),
  red: readonly GateResult[] = [],
) {
  const check = project.state.goalCheck?.check ?? 0;
  const data = { kind: "goal", check } as const;
  const lease = leaseOf({ queue: "$goal", id: `goal/${check}`, priority: 0, data });
  const seen = red.length > 0 ? { red } : {};
  const input = { type: "goal_checked", results, sha: at, followBlocked: null, ...seen } as const;
  const decided = project.do({ from: "runner", input, lease });
  assert("events" in decided);
  return decided;
}

function finish(project: Project, name: string): void {
  project.end(name, "verified");
  project.land(name);
}

describe("what is missing from the goal", () => {
  test("becomes a task for each file and each command, which goes to a free agent", () => {
    const project = new Project();
    project.run({ a: [], b: [] }, policy);
    look(project, [gates, changed, run]);
    const [file, command] = [project.task("G-1"), project.task("G-2")];
    assert.deepEqual(file.spec.written?.deliverables, ["README.md"]);
    assert.deepEqual(command.spec.verify, ["./check.sh"]);
    assert.match(command.spec.written?.context ?? "", /3 < 4/);
    assert.deepEqual([file.state, command.state], ["running", "running"]);
    assert.equal(project.exitCode, null);
    finish(project, "G-1");
    finish(project, "G-2");
    look(project, [gates, met(changed), met(run)], sha(8));
    assert.equal(project.exitCode, 0);
  });

  test("is tried by two tasks in a run, then a person is told", () => {
    const project = new Project();
    project.run({ a: [] }, policy);
    for (const name of ["G-1", "G-2"]) {
      look(project, [gates, met(changed), run]);
      finish(project, name);
    }
    look(project, [gates, met(changed), run]);
    assert.match(
      project.state.inbox.get("goal:run: ./check.sh")?.says ?? "",
      /not met after 2 tasks for it: exit code 1/,
    );
    assert.equal(project.state.tasks.size, 2);
    assert.equal(project.exitCode, 4);
    project.control({ type: "run_ended", exitCode: 4, why: "a person" });
    project.run({ a: [] }, policy);
    look(project, [gates, met(changed), met(run)]);
    assert.equal(project.state.inbox.size, 0, "what is met is cleared");
    assert.equal(project.exitCode, 0);
  });

  test("is a fix task where gates are red, bounded also when they fail in another way each time", () => {
    const project = new Project();
    project.run({ a: [] }, { ...policy, fixTasks: 1 });
    const isRed = { name: "gates", met: false, detail: "test failed" };
    const all = [isRed, met(changed), met(run)];
    for (let n = 1; n <= 2; n += 1) {
      const failure = { file: `${"ab"[n - 1]}.ts`, line: 1, test: null, code: null, message: "no" };
      look(project, all, sha(n), [{ ...redGate, failures: [failure] }]);
      const [mending] = [...project.state.running.keys()];
      assert(mending !== undefined, `no task mends it, time ${n}`);
      assert.notEqual(project.task(mending).spec.mends, undefined);
      finish(project, mending);
    }
    look(project, all, sha(3), [redGate]);
    assert.equal(project.state.tasks.size, 2);
    assert.equal(project.exitCode, 5);
  });

  test("is left alone by a run that may start nothing, or has nobody who could", () => {
    const late = new Project();
    late.run({ a: [] }, { ...policy, deadline: 500 });
    look(late, [gates, changed, run]);
    assert.equal(late.exitCode, 6);
    const stopping = new Project();
    stopping.run({ a: [] }, policy);
    stopping.control({ type: "stop", why: "a signal", exitCode: 143 });
    look(stopping, [gates, changed, run]);
    const alone = new Project();
    alone.run({}, policy);
    look(alone, [gates, changed, run]);
    assert.equal(alone.exitCode, 3);
    for (const project of [late, stopping, alone]) assert.equal(project.state.tasks.size, 0);
  });
});

describe("after a landing", () => {
  test("only what costs nothing is asked for, while others work on", () => {
    const project = new Project();
    project.run({ a: [], b: [] }, policy);
    project.add(draft("T-1"), draft("T-2"), draft("T-3"));
    project.end("T-1", "verified");
    assert.deepEqual(typesOf(project.land("T-1")), ["landed", "goal_asked"]);
    assert.deepEqual(order(project).items, [{ kind: "changed", path: "README.md" }]);
    project.end("T-2", "verified");
    look(project, [changed]);
    const known = goal(project.state).find(({ name }) => name === "changed: README.md");
    assert.equal(known?.detail, "README.md has not changed");
    assert.equal(project.state.tasks.size, 3, "it is no whole look: no task is opened");
    project.land("T-2");
    look(project, [met(changed)]);
    finish(project, "T-3");
    assert.equal(order(project).isPartial, false, "the last one is followed by a whole look");
    assert.equal(order(project).items.length, 4);
  });

  test("is not asked at all where nothing of the goal is without cost", () => {
    const project = new Project();
    project.run({ a: [], b: [] }, { goal: [{ kind: "queue" }, { kind: "gates" }], gates: ["t"] });
    project.add(draft("T-1"), draft("T-2"));
    project.end("T-1", "verified");
    assert.deepEqual(typesOf(project.land("T-1")), ["landed"]);
  });

  test("its gates are known, if this run has tested them, and what was looked at in this run is", () => {
    const project = new Project();
    project.run({ a: [] }, policy);
    project.add(draft("T-1"));
    project.end("T-1", "verified");
    const prepared = { expected: sha(1), mergeSha: sha(9) };
    project.say("T-1", { type: "landing_prepared", prepared });
    project.land("T-1");
    assert.deepEqual(order(project).known, {
      sha: sha(9),
      results: [{ name: "gates", met: true, detail: "passed as it landed" }],
    });
    look(project, [gates, met(changed), run], sha(9));
    assert.equal(project.state.goalKnown?.results.length, 3);
    project.control({ type: "run_ended", exitCode: 137, why: "temoin was killed" });
    for (const id of [...project.state.running.keys()]) project.lose(id, true);
    project.run({ a: [] }, policy);
    assert.equal(project.state.goalKnown, null, "another start may have other gates");
  });
});

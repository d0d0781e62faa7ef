/** What holds a task up: dependencies, phases, time; and what can never be waited for. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TaskDraft } from "../../../src/domain/input.ts";
import { id } from "../../task-spec.ts";
import { agent, draft, Project, typesOf } from "./project.ts";

function started(slots = 1): Project {
  const project = new Project();
  const names = ["a", "b", "c"].slice(0, slots);
  project.run(Object.fromEntries(names.map((name) => [name, []])));
  return project;
}

function after(...deps: readonly string[]) {
  return { deps: deps.map(id) };
}

/** A plan of phases, each with its tasks, in this order or the other way round. */
function importPhases(
  project: Project,
  phases: Readonly<Record<string, readonly string[]>>,
  order: "as written" | "reversed" = "as written",
) {
  const source = { file: "plan.md", line: 1 };
  const add = Object.entries(phases)
    .flatMap(([phase, names]) => names.map((name): TaskDraft => draft(name, { phase, source })))
    .filter((one) => !project.state.tasks.has(one.spec.id));
  return project.ask({
    type: "import",
    file: "plan.md",
    add: order === "reversed" ? add.toReversed() : add,
    edit: [],
    phases: Object.entries(phases).map(([name, tasks]) => ({
      name,
      tasks: tasks.map(id),
      criteria: [],
    })),
    inbox: [],
  });
}

describe("a dependency", () => {
  test("is waited for until it has landed", () => {
    const project = started(2);
    project.add(draft("T-1"), draft("T-2", after("T-1")));
    assert.deepEqual(project.task("T-2"), {
      ...project.task("T-2"),
      state: "waiting",
      on: [{ kind: "task", task: "T-1" }],
    });
    project.end("T-1", "verified");
    assert.equal(project.stateOf("T-2"), "waiting");
    project.land("T-1");
    assert.equal(project.stateOf("T-2"), "running");
  });

  test("may come later in the same batch, and be done already", () => {
    const project = started();
    project.add(draft("T-2", after("T-1")), { ...draft("T-1"), start: "imported" });
    assert.equal(project.stateOf("T-2"), "running");
  });

  test("that is skipped lets its dependants go on; one that is cancelled does not", () => {
    const project = started();
    project.add(draft("T-0"), draft("T-1"), draft("T-2"));
    project.add(draft("T-3", after("T-1")), draft("T-4", after("T-2")));
    project.ask({ type: "skip", id: id("T-1") });
    project.ask({ type: "cancel", id: id("T-2") });
    assert.equal(project.stateOf("T-3"), "queued");
    assert.equal(project.stateOf("T-4"), "waiting");
    assert.match(project.state.inbox.get("dependency:T-2")?.says ?? "", /T-2 is cancelled; T-4/);
  });

  test("that is cancelled is listed with those that can still wait, as long as there is one", () => {
    const project = started();
    project.add(draft("T-0"), draft("T-1"));
    project.add(draft("T-2", after("T-1")), draft("T-3", after("T-1")));
    project.ask({ type: "cancel", id: id("T-1") });
    const told = () => project.state.inbox.get("dependency:T-1")?.says;
    assert.equal(told(), "T-1 is cancelled; T-2, T-3 wait for it");
    project.ask({ type: "split", id: id("T-2"), into: [draft("P-1"), draft("P-2")] });
    assert.equal(told(), "T-1 is cancelled; T-3, P-1, P-2 wait for it");
    for (const part of ["P-1", "P-2"]) project.ask({ type: "cancel", id: id(part) });
    assert.equal(told(), "T-1 is cancelled; T-3 waits for it");
    project.ask({ type: "cancel", id: id("T-3") });
    assert.deepEqual([...project.state.inbox.keys()], []);
  });

  test("that has failed is listed once, also for a task that comes in afterwards", () => {
    const project = new Project();
    project.run({ a: [] }, { perTask: 1 });
    project.add(draft("T-1"));
    project.end("T-1", "stalled");
    assert.deepEqual([...project.state.inbox.keys()], ["failed:T-1"]);
    project.add(draft("T-2", after("T-1")));
    assert.deepEqual([...project.state.inbox.keys()], ["failed:T-1", "dependency:T-1"]);
    project.ask({ type: "retry", id: id("T-1") });
    assert.equal(project.state.inbox.size, 0);
  });

  test("that is opened again holds who has not started", () => {
    const project = started();
    project.add(draft("T-0"), draft("T-1"), draft("T-2", after("T-1")));
    project.ask({ type: "skip", id: id("T-1") });
    assert.equal(project.stateOf("T-2"), "queued");
    project.ask({ type: "retry", id: id("T-1") });
    assert.equal(project.stateOf("T-2"), "waiting");
  });

  test("on a task that nobody knows is refused with the place in the plan", () => {
    const project = started();
    const source = { file: "plan.md", line: 12 };
    const refusal = project.refused({
      type: "add",
      tasks: [draft("T-1", { ...after("T-9"), source })],
    });
    assert.match(refusal.refused, /^T-1 \(plan\.md:12\) depends on T-9, which is no task\.$/);
    assert.equal(project.state.tasks.size, 0);
  });

  test("that closes a cycle is refused with the ids around it", () => {
    const project = started();
    const ring = [draft("A", after("C")), draft("B", after("A")), draft("C", after("B"))];
    assert.match(project.refused({ type: "add", tasks: ring }).refused, /A → C → B → A/);
    project.add(draft("T-0"), draft("T-1"), draft("T-2", after("T-1")));
    const changes = after("T-2");
    const refusal = project.refused({ type: "edit", id: id("T-1"), changes });
    assert.match(refusal.refused, /T-1 → T-2 → T-1/);
    assert.match(
      project.refused({ type: "edit", id: id("T-2"), changes: after("T-2") }).refused,
      /T-2 → T-2/,
    );
  });

  test("in a chain of ten thousand is walked without recursion", () => {
    const project = new Project();
    const chain = Array.from({ length: 10_000 }, (_, n) =>
      draft(`T-${n}`, n === 0 ? {} : after(`T-${n - 1}`)),
    );
    project.add(...chain.toReversed());
    assert.equal(project.stateOf("T-9999"), "waiting");
    assert.equal(project.stateOf("T-0"), "queued");
  });

  test("that is edited away lets the task go on", () => {
    const project = started(2);
    project.add(draft("T-1"), draft("T-2", after("T-1")));
    project.ask({ type: "edit", id: id("T-2"), changes: { deps: [] } });
    assert.equal(project.stateOf("T-2"), "running");
    project.end("T-1", "verified");
    const landed = project.land("T-1");
    assert(!typesOf(landed).includes("task_queued"));
  });
});

describe("a phase", () => {
  test("opens when every task of the earlier ones is done, skipped or cancelled", () => {
    const project = started(3);
    importPhases(project, { one: ["A-1", "A-2", "A-3"], two: ["B-1"], three: ["C-1"] });
    assert.equal(project.stateOf("B-1"), "waiting");
    project.end("A-1", "verified");
    project.land("A-1");
    project.ask({ type: "skip", id: id("A-2") });
    project.end("A-2", "cancelled");
    assert.equal(project.stateOf("B-1"), "waiting");
    project.ask({ type: "cancel", id: id("A-3") });
    project.end("A-3", "cancelled");
    assert.equal(project.stateOf("B-1"), "running");
    assert.deepEqual(project.task("C-1"), {
      ...project.task("C-1"),
      on: [{ kind: "phase", phase: "two" }],
    });
  });

  test("opens also when its last task is cancelled before it has started", () => {
    const project = new Project();
    importPhases(project, { one: ["A-1"], two: ["B-1"] });
    project.ask({ type: "cancel", id: id("A-1") });
    assert.equal(project.stateOf("B-1"), "queued");
  });

  test("is waited for in whatever order its tasks come in", () => {
    const project = started(3);
    importPhases(project, { one: ["A-1"], two: ["B-1"] }, "reversed");
    assert.equal(project.stateOf("A-1"), "running");
    assert.equal(project.stateOf("B-1"), "waiting");
  });

  test("with a failed task holds the later ones, which stand in the inbox", () => {
    const project = new Project();
    project.run({ a: [] }, { perTask: 1 });
    importPhases(project, { one: ["A-1"], two: ["B-1"] });
    project.end("A-1", "stalled");
    assert.equal(project.stateOf("B-1"), "waiting");
    assert.match(project.state.inbox.get("dependency:A-1")?.says ?? "", /B-1 waits for it/);
  });

  test("that a new import changes moves who has not started", () => {
    const project = started();
    importPhases(project, { one: ["A-1"], two: ["B-1"], three: ["C-1"] });
    importPhases(project, { one: ["A-1", "C-1"], two: ["B-1"] });
    project.end("A-1", "verified");
    project.land("A-1");
    assert.equal(project.stateOf("B-1"), "waiting");
    importPhases(project, { one: ["A-1"], two: ["B-1", "C-1"] });
    assert.equal(project.stateOf("B-1"), "queued");
    assert.equal(project.stateOf("C-1"), "running");
  });

  test("that gets a new task holds later ones again", () => {
    const project = started();
    project.add(draft("T-0"));
    importPhases(project, { one: [], two: ["B-1"] });
    assert.equal(project.stateOf("B-1"), "queued");
    importPhases(project, { one: ["A-1"], two: ["B-1"] });
    assert.equal(project.stateOf("B-1"), "waiting");
  });
});

describe("a time", () => {
  test("is kept while a dependency comes and goes, and lets go when both are over", () => {
    const project = started(2);
    project.add(draft("T-1"), draft("T-2", { agent: agent("b") }));
    project.end("T-2", "crashed");
    const at = project.now + 1_000;
    assert.equal(project.state.timers.get(id("T-2")), at);
    project.ask({ type: "edit", id: id("T-2"), changes: after("T-1") });
    assert.equal(project.state.timers.get(id("T-2")), at);
    project.now = at;
    project.control({ type: "tick" });
    assert.equal(project.stateOf("T-2"), "waiting");
    assert.equal(project.state.timers.size, 0);
    project.end("T-1", "verified");
    project.land("T-1");
    assert.equal(project.holder("T-2"), "b");
  });
});

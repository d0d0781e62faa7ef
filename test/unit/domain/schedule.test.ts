/** Who does what next: pins, roles, fallback, aftermath, priority, age, scopes. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { id } from "../../task-spec.ts";
import { agent, draft, Project } from "./project.ts";

describe("the schedule", () => {
  test("gives a pinned task to its agent only, and lets it wait for that one", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(draft("T-1", { agent: agent("b") }), draft("T-2", { agent: agent("b") }));
    assert.equal(project.holder("T-1"), "b");
    assert.equal(project.stateOf("T-2"), "queued");
    assert.match(project.task("T-1").attempts[0]?.because ?? "", /^pinned to b/);
  });

  test("gives a role to an agent that has it, also when another one comes first in the file", () => {
    const project = new Project();
    project.run({ a: ["feature"], b: ["docs"] });
    project.add(draft("T-1", { role: "docs" }));
    assert.equal(project.holder("T-1"), "b");
  });

  test("falls back in the order of the file when no free agent has the role, and says so", () => {
    const project = new Project();
    project.run({ a: ["feature"], b: ["docs"], c: [] });
    project.add(draft("T-1", { role: "docs" }), draft("T-2", { role: "docs" }));
    assert.equal(project.holder("T-1"), "b");
    assert.equal(project.holder("T-2"), "a");
    assert.match(project.task("T-2").attempts[0]?.because ?? "", /no free agent has the role docs/);
  });

  test("moves a task to another of its slots when that lets one more start", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(draft("T-1"), draft("T-2", { agent: agent("a") }));
    assert.equal(project.holder("T-1"), "b");
    assert.equal(project.holder("T-2"), "a");
  });

  test("takes a pin to an agent that is not configured as a role of that name", () => {
    const project = new Project();
    project.run({ a: [], b: ["codex"] });
    project.add(draft("T-1", { agent: agent("codex") }));
    assert.equal(project.holder("T-1"), "b");
  });

  test("sends a pin that is neither agent nor role to a person, and calls it back later", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-1", { agent: agent("codex") }));
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.match(project.state.inbox.get("no_agent:T-1")?.says ?? "", /codex, which is not config/);
    assert.equal(project.exitCode, null);
    project.checkGoal(true);
    assert.equal(project.exitCode, 4);
    project.control({ type: "run_ended", exitCode: 4, why: "a person" });
    project.run({ a: [], codex: [] });
    assert.equal(project.holder("T-1"), "codex");
    assert.equal(project.state.inbox.size, 0);
  });

  test("prefers another agent after a stall, and the same one when there is no other", () => {
    const two = new Project();
    two.run({ a: ["docs"], b: [] });
    two.add(draft("T-1", { role: "docs" }));
    two.end("T-1", "stalled");
    assert.equal(two.holder("T-1"), "b");
    const one = new Project();
    one.run({ a: [] });
    one.add(draft("T-1"));
    one.end("T-1", "stalled");
    assert.equal(one.holder("T-1"), "a");
  });

  test("prefers the agent of the last attempt over one with the role after a conflict", () => {
    const project = new Project();
    project.run({ a: [], b: ["docs"] });
    project.add(draft("T-0", { agent: agent("b") }), draft("T-1", { role: "docs" }));
    assert.equal(project.holder("T-1"), "a");
    project.end("T-0", "blocked");
    project.end("T-1", "conflict");
    assert.equal(project.holder("T-1"), "a");
  });

  test("serves priority first, then age", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-0"));
    project.add(
      draft("T-1", { priority: "low" }),
      draft("T-2"),
      draft("T-3"),
      draft("T-4", { priority: "urgent" }),
      draft("T-5", { priority: "high" }),
    );
    const order: string[] = [];
    for (;;) {
      const [at] = [...project.state.running.keys()];
      if (at === undefined) break;
      order.push(at);
      project.end(at, "blocked");
    }
    assert.deepEqual(order, ["T-0", "T-4", "T-5", "T-2", "T-3", "T-1"]);
  });

  test("keeps an older task first when it comes back to the queue", () => {
    const project = new Project();
    project.run({ a: [] });
    project.add(draft("T-1"), draft("T-2"));
    project.end("T-1", "handed_off");
    assert.equal(project.holder("T-1"), "a");
  });

  test("runs no two tasks with meeting scopes at once, not even behind a landing", () => {
    const project = new Project();
    project.run({ a: [], b: [], c: [] });
    project.add(
      draft("T-1", { touches: ["src/**"] }),
      draft("T-2", { touches: ["src/a.ts", "docs/x.md"] }),
      draft("T-3", { touches: ["docs/**"] }),
      draft("T-4"),
    );
    assert.deepEqual(
      ["T-1", "T-2", "T-3", "T-4"].map((name) => project.stateOf(name)),
      ["running", "queued", "running", "running"],
    );
    project.end("T-3", "blocked");
    project.end("T-1", "verified");
    assert.equal(project.stateOf("T-2"), "queued");
    project.land("T-1");
    assert.equal(project.stateOf("T-2"), "running");
  });

  test("starts nothing for a paused task, a paused project, a stopping run, or after its deadline", () => {
    const project = new Project();
    project.run({ a: [], b: [], c: [] }, { deadline: 5_000 });
    project.ask({ type: "pause", id: null });
    project.add(draft("T-1"), draft("T-2"));
    assert.equal(project.state.running.size, 0);
    project.ask({ type: "pause", id: id("T-1") });
    project.ask({ type: "resume", id: null });
    assert.deepEqual([...project.state.running.keys()], [id("T-2")]);
    project.ask({ type: "resume", id: id("T-1") });
    assert.equal(project.stateOf("T-1"), "running");
    project.now = 5_000;
    project.add(draft("T-3"));
    assert.equal(project.stateOf("T-3"), "queued");
    const stopping = new Project();
    stopping.run({ a: [] });
    stopping.control({ type: "stop", why: "asked to", exitCode: 130 });
    stopping.add(draft("T-1"));
    assert.equal(stopping.stateOf("T-1"), "queued");
  });
});

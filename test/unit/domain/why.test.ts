import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { why } from "../../../src/domain/why.ts";
import { id, spec } from "../../task-spec.ts";
import { agent, draft, Project } from "./project.ts";

function told(project: Project, subject: string): { state: string; says: string } {
  const answer = why(project.state, subject, project.now);
  assert(answer !== null, subject);
  assert(answer.because.length > 0, `${subject}: no reason`);
  return { state: answer.state, says: answer.because.map((one) => one.says).join("\n") };
}

describe("why a task", () => {
  it("waits: each dependency with how it stands", () => {
    const project = new Project();
    project.add(
      draft("T-1"),
      draft("T-2"),
      draft("T-3", { aliases: ["TODO-T-3"], deps: [id("T-1"), id("T-2")] }),
    );
    project.run({ a: [] });
    project.end("T-1", "blocked");
    const { state, says } = told(project, "TODO-T-3");
    assert.equal(state, "waiting");
    assert.match(says, /waits for T-1, which is waiting for a person: it was blocked/);
    assert.match(says, /waits for T-2, which is running: attempt 1 on a-1/);
  });

  it("waits for its phase: what is open in the one before", () => {
    const project = new Project();
    const source = { file: "plan.md", line: 1 };
    const of = (name: string, phase: string) => ({
      spec: spec(name, { phase, source }),
      start: "open" as const,
    });
    project.ask({
      type: "import",
      file: "plan.md",
      add: [of("A-1", "one"), of("B-1", "two")],
      edit: [],
      phases: [
        { name: "one", tasks: [id("A-1")], criteria: [] },
        { name: "two", tasks: [id("B-1")], criteria: [] },
      ],
      inbox: [],
    });
    assert.match(told(project, "B-1").says, /waits for the phase “one”, in which A-1 is open/);
  });

  it("is queued: with the words that wait for its next attempt", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.ask({ type: "tell", id: id("T-1"), tellId: "1", text: "use the other file" });
    assert.match(told(project, "T-1").says, /for the next attempt: use the other file/);
  });

  it("waits for a time: until when, and what led to it", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ a: [] });
    project.end("T-1", "crashed");
    const { says } = told(project, "T-1");
    assert.match(says, /attempt 1 by a ended crashed: it was crashed/);
    assert.match(says, /waits until 1970-01-01 00:00:02Z/);
  });

  it("is queued: who may take it, and what each of them does", () => {
    const project = new Project();
    project.add(draft("T-1", { agent: agent("a") }), draft("T-2", { agent: agent("a") }));
    project.run({ a: [], b: [] });
    const { state, says } = told(project, "T-2");
    assert.equal(state, "queued");
    assert.match(says, /pinned to a\nbusy: a-1 \(T-1\)/);
    assert.doesNotMatch(says, /b-1/);
  });

  it("is held: whose files are its files", () => {
    const project = new Project();
    project.add(draft("T-1", { touches: ["src/**"] }), draft("T-2", { touches: ["src/x"] }));
    project.run({ a: [], b: [] });
    const { state, says } = told(project, "T-2");
    assert.equal(state, "waiting");
    assert.match(says, /its files meet those of T-1, which is at work/);
    assert.match(says, /free: b-1/);
  });

  it("is kept back: paused by a person, or no run is open", () => {
    const project = new Project();
    project.add(draft("T-1"));
    assert.match(told(project, "T-1").says, /no run is open: temoin run/);
    project.ask({ type: "pause", id: id("T-1") });
    project.run({ a: [] });
    assert.match(told(project, "T-1").says, /a person has paused it: temoin resume T-1/);
  });

  it("is running: the assignment, what was seen of it, its gates", () => {
    const project = new Project();
    project.add(draft("T-1", { role: "docs" }));
    project.run({ a: ["docs"] });
    const evidence = [{ at: 1_200, source: "process", says: "the agent has its prompt" }] as const;
    project.say("T-1", { type: "attempt_moved", phase: "working", evidence });
    project.say("T-1", {
      type: "gates_ran",
      results: [
        {
          name: "test",
          verdict: "failed",
          exitCode: 1,
          durationMs: 1,
          proof: null,
          why: "",
          where: "workspace",
          round: 0,
        },
      ],
    });
    const { state, says } = told(project, "T-1");
    assert.equal(state, "running");
    assert.match(says, /attempt 1 went to a-1: a has the role docs/);
    assert.match(says, /the agent has its prompt/);
    assert.match(says, /gates in round 0: test ✗ \(exit 1\)/);
  });

  it("failed: every attempt that led there", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ a: [] }, { perTask: 2 });
    project.end("T-1", "gate_failed");
    project.end("T-1", "gate_failed");
    const { state, says } = told(project, "T-1");
    assert.equal(state, "failed");
    assert.match(says, /attempt 1 by a ended gate failed/);
    assert.match(says, /attempt 2 by a ended gate failed/);
    assert.match(says, /attempt 2 of 2 ended gate_failed/);
  });

  it("is done: with or without a proof", () => {
    const project = new Project();
    project.add(draft("T-1"), { spec: spec("P-1"), start: "imported" });
    project.run({ a: [] });
    project.end("T-1", "verified");
    assert.equal(told(project, "T-1").state, "landing");
    project.land("T-1");
    assert.match(told(project, "T-1").says, /the gates passed on the merged result/);
    assert.match(told(project, "P-1").says, /not proven/);
  });

  it("was cancelled or skipped: by a person", () => {
    const project = new Project();
    project.add(draft("T-1"), draft("T-2"));
    project.ask({ type: "cancel", id: id("T-1") });
    project.ask({ type: "skip", id: id("T-2") });
    assert.match(told(project, "T-1").says, /cancelled by a person/);
    assert.match(told(project, "T-2").says, /skipped/);
  });
});

describe("why an agent", () => {
  it("works: on what, and all that is known of it", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [] });
    project.say("T-1", { type: "attempt_moved", phase: "working", evidence: [] });
    for (const name of ["codex", "codex-1"]) {
      const { state, says } = told(project, name);
      assert.equal(state, "working");
      assert.match(says, /codex-1 works on T-1/);
    }
  });

  it("is free: because nothing is ready, or nothing that it may take", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    assert.match(told(project, "a").says, /no task is left/);
    project.add(draft("T-1", { agent: agent("b") }), draft("T-2", { agent: agent("b") }));
    assert.match(told(project, "a").says, /T-2 is queued, but pinned to others/);
  });

  it("is broken or offline", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.control({ type: "slot_broken", slot: firstSlot(project), why: "not found on PATH" });
    assert.deepEqual(told(project, "a"), {
      state: "broken",
      says: "a-1 cannot be used: not found on PATH; it is tried again at 1970-01-01 00:00:03Z",
    });
    project.control({ type: "run_ended", exitCode: 0, why: "over" });
    assert.equal(told(project, "b").state, "offline");
  });
});

function firstSlot(project: Project) {
  const [slot] = project.state.slots.keys();
  assert(slot !== undefined);
  return slot;
}

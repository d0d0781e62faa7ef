import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { liveLine, summaryLines } from "../../../src/domain/view-live.ts";
import { tally } from "../../../src/domain/view-summary.ts";
import { id } from "../../task-spec.ts";
import { ConductorProject } from "./conductor-project.ts";
import { agent, draft, Project } from "./project.ts";

describe("the summary of a run", () => {
  it("tells who did what, and how long each was at work and idle", () => {
    const project = new Project();
    project.add(draft("T-1", { agent: agent("a") }), draft("T-2", { agent: agent("a") }));
    project.run({ a: [], b: [] });
    project.now += 10_000;
    project.end("T-1", "gate_failed");
    project.now += 20_000;
    project.end("T-1", "verified");
    project.now += 5_000;
    project.land("T-1");
    const summary = tally(project.events, project.now);
    assert(summary !== null);
    assert.equal(summary.landed, 1);
    assert.equal(summary.endedAt - summary.startedAt, 35_000);
    const [a, b] = summary.slots;
    assert.deepEqual(
      { ...a },
      {
        slot: "a-1",
        agent: "a",
        done: 1,
        attempts: 3,
        outcomes: { gate_failed: 1, verified: 1 },
        workingMs: 35_000,
        idleReadyMs: 0,
        limitedMs: 0,
        idleMs: 0,
        brokenMs: 0,
      },
    );
    assert.deepEqual([b?.idleMs, b?.idleReadyMs, b?.workingMs], [35_000, 0, 0]);
  });

  it("counts time as idle while work was ready only for a slot that may take that work", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(draft("T-1", { agent: agent("a") }));
    // No decision leaves ready work and a free slot: the gap is made by taking its event out.
    const offered = project.events.findIndex((event) => event.type === "attempt_offered");
    const events = project.events.toSpliced(offered, 1);
    const summary = tally(events, project.now + 4_000);
    assert.deepEqual(
      summary?.slots.map((slot) => [slot.slot, slot.idleReadyMs, slot.idleMs]),
      [
        ["a-1", 4_000, 0],
        ["b-1", 0, 4_000],
      ],
    );
  });

  it("counts no time of a paused project as idle while work was ready", () => {
    const project = new Project();
    project.run({ a: [] });
    project.ask({ type: "pause", id: null });
    project.add(draft("T-1"));
    const [slot] = tally(project.events, project.now + 1_000)?.slots ?? [];
    assert.deepEqual([slot?.idleReadyMs, slot?.idleMs], [0, 1_000]);
  });

  it("is about the last run, and ends with it", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ a: [] });
    project.end("T-1", "verified");
    project.land("T-1");
    project.control({ type: "run_ended", exitCode: 0, why: "the goal is met" });
    project.now += 50_000;
    project.run({ a: [] });
    project.now += 1_000;
    project.control({ type: "run_ended", exitCode: 3, why: "over" });
    const summary = tally(project.events, project.now + 99_000);
    assert.equal(summary?.landed, 0);
    assert.equal(summary?.exitCode, 3);
    assert.equal((summary?.endedAt ?? 0) - (summary?.startedAt ?? 0), 1_000);
    assert.deepEqual([summary?.slots[0]?.idleMs, summary?.slots[0]?.attempts], [1_000, 0]);
    assert.equal(tally([], 0), null);
  });

  it("gives every moment of every slot to exactly one column", () => {
    const steps = fc.array(fc.tuple(fc.nat(5_000), fc.nat(5)), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (moves) => {
        const project = new Project();
        project.add(...["1", "2", "3", "4"].map((n) => draft(`T-${n}`)));
        project.run({ a: [], b: [] });
        const startedAt = project.now;
        for (const [ms, kind] of moves) {
          project.now += ms;
          const [running] = project.state.running.keys();
          const [landing] = project.state.landing.keys();
          if (kind === 0)
            project.ask({ type: project.state.paused ? "resume" : "pause", id: null });
          else if (kind <= 2 && running !== undefined) project.end(running, "verified");
          else if (kind === 3 && running !== undefined) project.end(running, "crashed");
          else if (landing !== undefined) project.land(landing);
        }
        for (const slot of tally(project.events, project.now)?.slots ?? []) {
          const { workingMs, idleMs, idleReadyMs, brokenMs } = slot;
          assert.equal(workingMs + idleMs + idleReadyMs + brokenMs, project.now - startedAt);
          assert.equal(idleReadyMs, 0, "nobody is idle while work is ready");
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is printed as a table whose columns stand under their names", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [], "a-much-longer-name": [] });
    project.now += 90_000;
    project.end("T-1", "verified");
    project.land("T-1");
    const summary = tally(project.events, project.now);
    assert(summary !== null);
    assert.deepEqual(summaryLines(summary), [
      "1 change landed in 1 min 30 s; tasks: 1 done",
      "slot                  done  attempts  working     idle                with work ready  outcomes",
      "codex-1               1     1         1 min 30 s  0.0 s (0 %)         0.0 s            verified 1",
      "a-much-longer-name-1  0     0         0.0 s       1 min 30 s (100 %)  0.0 s            –",
    ]);
  });
});

describe("the live line", () => {
  const noon = Date.UTC(2026, 10, 2, 12, 5, 1);

  it("tells a verified attempt with its gates and their time", () => {
    const project = new Project();
    project.now = noon;
    project.add(draft("T-3"));
    project.run({ codex: [] }, { gates: ["build", "test"] });
    const gate = { verdict: "passed", exitCode: 0, proof: null, why: "" } as const;
    const at = { where: "workspace", round: 0 } as const;
    project.say("T-3", {
      type: "gates_ran",
      results: [
        { ...gate, ...at, name: "build", durationMs: 4_000 },
        { ...gate, ...at, name: "test", durationMs: 200 },
      ],
    });
    project.end("T-3", "verified");
    const facts = { state: project.state, offsetMinutes: 0 };
    const lines = project.events.flatMap((event) => liveLine(event, facts) ?? []);
    assert.deepEqual(lines, [
      "12:05:01  person   T-3 added: the work of T-3",
      "12:05:01  temoin   run started: 1 slot, main",
      "12:05:01  codex-1  T-3 begins: the work of T-3 (no role asked: any agent)",
      "12:05:01  codex-1  T-3 verified: 1 commit, gates build ✓ test ✓ (4.2 s)",
    ]);
  });

  it("counts the attempts at a task from the second one on", () => {
    const project = new Project();
    project.now = noon;
    project.add(draft("T-1"));
    project.run({ codex: [] });
    project.end("T-1", "gate_failed");
    const lines = project.events.flatMap(
      (event) => liveLine(event, { state: project.state, offsetMinutes: 0 }) ?? [],
    );
    assert.match(lines.at(-1) ?? "", /T-1 begins attempt 2: the work of T-1 \(/);
  });

  it("tells what the conductor does as its own deed, and who holds the role", () => {
    const project = new ConductorProject();
    project.now = noon;
    project.add(draft("T-1"), draft("T-2"));
    project.start();
    project.fail("T-1");
    project.acknowledge();
    const before = project.events.length;
    project.speak({ type: "decided", text: "without T-2" });
    project.speak({ type: "add", tasks: [draft("T-3", { deps: [id("T-2")] })] });
    project.speak({ type: "cancel", id: id("T-3") });
    const facts = { state: project.state, offsetMinutes: 0 };
    const told = (from: number, to?: number): readonly string[] =>
      project.events.slice(from, to).flatMap((event) => liveLine(event, facts) ?? []);
    assert.deepEqual(told(before), [
      "12:05:01  claude    decides: without T-2",
      "12:05:01  claude    T-3 added: the work of T-3",
      "12:05:01  claude    T-3 cancelled",
    ]);
    const ofRole = told(0, before).filter((line) => line.includes("conductor"));
    assert.deepEqual(ofRole, [
      "12:05:01  temoin    claude is the conductor, term 1: there is something to judge",
      "12:05:01  temoin    the conductor is called to judge: T-1 has failed: attempt 1 of 1 ended crashed: it was crashed",
    ]);
  });

  it("stands in the person's own time, and cannot be coloured or broken by an agent's words", () => {
    const project = new Project();
    project.now = noon;
    project.add(draft("T-1", { title: "red \u001b[31m\nand a second line" }));
    const [event] = project.events;
    assert(event !== undefined);
    const line = liveLine(event, { state: project.state, offsetMinutes: -90 });
    assert.equal(line, "10:35:01  person  T-1 added: red [31m and a second line");
  });
});

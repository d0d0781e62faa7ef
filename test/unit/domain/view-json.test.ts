import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import { emptyBrief } from "../../../src/domain/brief.ts";
import { heldBy } from "../../../src/domain/schedule.ts";
import { emptyState } from "../../../src/domain/state.ts";
import { eventJson, lsJson, showJson, whyJson } from "../../../src/domain/view-json.ts";
import { statusJson } from "../../../src/domain/view-status-json.ts";
import { holds } from "../../../src/domain/view-task.ts";
import { id, spec } from "../../task-spec.ts";
import { agent, draft, Project, sha } from "./project.ts";

const codex: AgentSpec = {
  name: agent("codex"),
  driver: "command",
  transport: "headless",
  command: ["codex"],
  env: {},
  roles: [],
  slots: 1,
  autonomy: "full",
  profile: null,
};

describe("ls", () => {
  it("shows each task with its fixed fields", () => {
    const project = new Project();
    project.add(draft("T-1", { role: "docs" }), draft("T-2", { deps: [id("T-1")] }));
    project.run({ codex: [] });
    project.end("T-1", "verified");
    project.land("T-1");
    assert.deepEqual(lsJson(project.state), {
      schema: 1,
      tasks: [
        {
          id: "T-1",
          title: "the work of T-1",
          state: "done",
          priority: "medium",
          agent: "codex",
          role: "docs",
          deps: [],
          attempts: 1,
          outcome: "verified",
          landed: sha(9),
          proven: true,
          paused: false,
          review: false,
          thin: false,
        },
        {
          id: "T-2",
          title: "the work of T-2",
          state: "running",
          priority: "medium",
          agent: "codex",
          role: null,
          deps: ["T-1"],
          attempts: 1,
          outcome: null,
          landed: null,
          proven: null,
          paused: false,
          review: false,
          thin: false,
        },
      ],
    });
  });

  it("calls imported work imported, and unproven", () => {
    const project = new Project();
    project.add({ spec: spec("P-1"), start: "imported" });
    const [task] = lsJson(project.state).tasks;
    assert.equal(task?.outcome, "imported");
    assert.equal(task?.proven, false);
    assert.equal(task?.landed, null);
  });

  it("shows a queued task as waiting while its files are those of work under way", () => {
    const project = new Project();
    project.add(
      draft("T-1", { touches: ["src/parser/**"] }),
      draft("T-2", { touches: ["src/parser/lexer.rs"] }),
      draft("T-3", { touches: ["docs/**"] }),
    );
    project.run({ a: [], b: [] });
    project.add(draft("T-4", { touches: ["docs/**"] }), draft("T-5"));
    const shown = lsJson(project.state).tasks.map((task) => [task.id, task.state]);
    assert.deepEqual(shown, [
      ["T-1", "running"],
      ["T-2", "waiting"],
      ["T-3", "running"],
      ["T-4", "waiting"],
      ["T-5", "queued"],
    ]);
    assert.equal(project.stateOf("T-2"), "queued");
  });

  it("finds the same holder as the schedule does", () => {
    const project = new Project();
    const globs = ["src/**", "./src/a.rs", "src", "src/", "/src//b/*.rs", "sr?/x", "{src,docs}/y"];
    project.add(draft("T-1", { touches: ["src/**"] }));
    project.run({ a: [] });
    project.add(...globs.map((glob, n) => draft(`Q-${n}`, { touches: [glob] })));
    const held = holds(project.state);
    for (const task of project.state.queued.values()) {
      assert.equal(held(task), heldBy(project.state, task), task.spec.touches.join());
    }
  });

  it("answers for ten thousand tasks with scopes within half a second", () => {
    const project = new Project();
    project.add(
      ...Array.from({ length: 10_000 }, (_, n) =>
        draft(`T-${n}`, { touches: [`src/m${n}/**`, `tests/m${n}_*.rs`] }),
      ),
    );
    project.run({ a: [], b: [], c: [], d: [] });
    const start = process.cpuUsage();
    assert.equal(lsJson(project.state).tasks.length, 10_000);
    const usedMs = process.cpuUsage(start).user / 1000;
    assert(usedMs < 500, `${usedMs} ms`);
  });
});

describe("show", () => {
  it("tells the attempts with their gates, and what is unknown as null", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [] });
    project.now = Date.UTC(2026, 10, 2, 12, 5, 1);
    const gate = { name: "build", verdict: "passed", exitCode: 0, durationMs: 4200 } as const;
    const more = { proof: "proof/x", why: "exit 0", where: "workspace", round: 0 } as const;
    project.say("T-1", { type: "gates_ran", results: [{ ...gate, ...more }] });
    const shown = showJson(project.state, project.task("T-1"), emptyBrief).task;
    const [attempt] = shown.attempts;
    const unread = { failures: [], tests: null, flaky: false, note: null };
    assert.deepEqual(attempt?.gates, [{ ...gate, ...more, ...unread }]);
    assert.equal(attempt?.branch, "temoin/T-1/1");
    assert.equal(attempt?.phase, "preparing");
    for (const unknown of ["outcome", "endedAt", "commits", "usage", "head"] as const) {
      assert.equal(attempt?.[unknown], null, unknown);
    }
    project.end("T-1", "verified");
    const [ended] = showJson(project.state, project.task("T-1"), emptyBrief).task.attempts;
    assert.equal(ended?.endedAt, "2026-11-02T12:05:01.000Z");
    assert.equal(ended?.commits, 1);
  });
});

describe("status", () => {
  it("has its fixed shape before anything has happened, with nothing made up", () => {
    const status = statusJson(emptyState(), { now: 0, agents: [], hasRunner: false });
    assert.equal(status.schema, 1);
    assert.deepEqual(
      { state: status.run.state, startedAt: status.run.startedAt, eta: status.run.eta },
      { state: "none", startedAt: null, eta: null },
    );
    assert.deepEqual(status.agents, []);
    assert.deepEqual(status.spent, {
      inputTokens: null,
      cachedTokens: null,
      outputTokens: null,
      costUsd: null,
    });
    assert.deepEqual(Object.keys(status.tasks).toSorted(), [
      "cancelled",
      "done",
      "failed",
      "landing",
      "needs_human",
      "queued",
      "running",
      "skipped",
      "waiting",
    ]);
  });

  it("shows each slot with its agent, its task and since when", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [], other: [] });
    project.now = 5_000;
    project.say("T-1", { type: "attempt_moved", phase: "working", evidence: [] });
    const facts = { now: 6_000, agents: [codex], hasRunner: true };
    const [busy, free] = statusJson(project.state, facts).agents;
    assert.deepEqual(
      [
        busy?.name,
        busy?.agent,
        busy?.driver,
        busy?.transport,
        busy?.state,
        busy?.task,
        busy?.since,
      ],
      ["codex-1", "codex", "command", "headless", "working", "T-1", "1970-01-01T00:00:05.000Z"],
    );
    assert.deepEqual(
      [free?.name, free?.driver, free?.state, free?.task, free?.context, free?.limit],
      ["other-1", null, "idle", null, null, null],
    );
  });

  it("calls a run whose process is gone interrupted, and its agents offline", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [] });
    const status = statusJson(project.state, { now: 2_000, agents: [codex], hasRunner: false });
    assert.equal(status.run.state, "interrupted");
    assert.deepEqual(
      status.agents.map(({ state }) => state),
      ["offline"],
    );
  });

  it("shows what an agent has used and how full its context is while it works", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ a: [] });
    const context = { used: 120_000, size: 200_000 };
    project.say("T-1", { type: "agent_used", usage: { inputTokens: 10 } });
    project.say("T-1", { type: "agent_used", usage: { inputTokens: 30, context } });
    const status = statusJson(project.state, { now: 0, agents: [], hasRunner: true });
    assert.deepEqual(status.agents[0]?.context, {
      ...context,
      percent: 60,
      source: "cli",
      says: "context 60 %",
    });
    assert.equal(status.agents[0]?.quota, null);
    assert.equal(status.agents[0]?.usage?.inputTokens, 30);
    assert.equal(status.spent?.inputTokens, 30);
    project.end("T-1", "verified");
    assert.equal(project.task("T-1").attempts[0]?.usage?.inputTokens, 30);
  });

  it("adds up what agents have told of their use", () => {
    const project = new Project();
    project.add(draft("T-1"), draft("T-2"));
    project.run({ a: [], b: [] });
    for (const [name, usage] of [
      ["T-1", { inputTokens: 10 }],
      ["T-2", { inputTokens: 5, costUsd: 0.5 }],
    ] as const) {
      project.say(name, {
        type: "attempt_ended",
        outcome: "blocked",
        why: "",
        work: { head: null, saved: null, commits: 0 },
        usage,
        evidence: [],
        slotBroken: null,
        limit: null,
        verifyPassed: false,
      });
    }
    const { spent } = statusJson(project.state, { now: 0, agents: [], hasRunner: true });
    assert.deepEqual(spent, {
      inputTokens: 15,
      cachedTokens: null,
      outputTokens: null,
      costUsd: 0.5,
    });
  });
});

describe("an event as a line", () => {
  it("has its number, and every instant as ISO 8601", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [] }, { deadline: 60_000 });
    project.say("T-1", {
      type: "attempt_moved",
      phase: "working",
      evidence: [{ at: 1_500, source: "process", says: "it has its prompt" }],
    });
    const lines = project.events.map((event, n) => eventJson(n + 1, event));
    assert.deepEqual(
      lines.map((line) => [line.schema, line.seq, line.at]),
      project.events.map((_, n) => [1, n + 1, "1970-01-01T00:00:01.000Z"]),
    );
    const text = JSON.stringify(lines);
    assert.match(text, /"at":"1970-01-01T00:00:01.500Z"/);
    assert.match(text, /"deadline":"1970-01-01T00:01:00.000Z"/);
    assert.doesNotMatch(text, /"(?:at|deadline|until)":\d/);
  });
});

describe("why as JSON", () => {
  it("is null for what nobody knows", () => {
    assert.equal(whyJson(emptyState(), "nobody", 0), null);
  });
});

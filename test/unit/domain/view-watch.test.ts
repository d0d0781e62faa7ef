import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AgentAsk } from "../../../src/domain/ask.ts";
import { cellsOf } from "../../../src/domain/view-columns.ts";
import { type WatchFacts, watchLines } from "../../../src/domain/view-watch.ts";
import { draft, Project } from "./project.ts";

const ask: AgentAsk = {
  id: "s/1",
  kind: "permission",
  says: "Run `rm -rf build`?",
  choices: ["Yes", "No"],
  takesText: false,
};

function atWork(): Project {
  const project = new Project();
  project.run({ claude: [], codex: [], idle: [] });
  project.ask({ type: "pause", id: null });
  project.add(draft("T-1"), draft("T-2"), draft("T-3", { priority: "low", role: "docs" }));
  project.add(draft("T-4", { priority: "urgent", title: "fix the build" }));
  project.ask({ type: "resume", id: null });
  return project;
}

function shown(project: Project, facts: Partial<WatchFacts> = {}): readonly string[] {
  const all = { now: project.now, hasRunner: true, width: null, height: null, ...facts };
  return watchLines(project.state, all).map(({ text }) => text);
}

describe("what a person watches", () => {
  test("is what is to go, until the estimate of it is used up", () => {
    const project = new Project();
    project.add(draft("T-1", { estimate: "10m" }));
    project.run({ claude: [] });
    project.now += 4 * 60_000;
    assert.equal(
      shown(project)[0],
      "running on main for 4 min, about 6 min to go (1 min to 16 min)",
    );
    project.now += 6 * 60_000;
    assert.equal(shown(project)[0], "running on main for 10 min");
  });

  test("shows a quiet agent as such, whatever its screen shows, until it makes progress", () => {
    const project = new Project();
    project.run({ claude: [] });
    project.add(draft("T-1"));
    const moved = (phase: "working" | "quiet", says: string): void => {
      const evidence = [{ at: project.now, source: "silence", says }] as const;
      project.say("T-1", { type: "attempt_moved", phase, evidence });
    };
    const see = (state: "working" | "retrying"): void => {
      const because = [{ at: project.now, source: "title", says: `it shows ${state}` }] as const;
      project.say("T-1", { type: "agent_seen", state, because });
    };
    const line = (): string | undefined => shown(project).find((one) => one.includes("claude-1"));
    moved("working", "the agent has its prompt");
    see("working");
    moved("quiet", "no progress for 30 s");
    project.now += 60_000;
    see("working");
    assert.equal(line(), "  claude-1  quiet  1 min  T-1  no progress for 30 s");
    const nudge = { type: "nudged", isLast: false, why: "no progress for 10 min" } as const;
    project.say("T-1", nudge);
    assert.match(line() ?? "", /quiet {2}1 min {2}T-1 {2}interrupted and reminded: no progress/);
    const { attempts } = project.task("T-1");
    assert.equal(attempts[0]?.nudges, 1);
    project.say("T-1", { ...nudge, isLast: true });
    assert.equal(project.task("T-1").attempts[0]?.nudges, 1, "a last prompt is no reminder");
    see("retrying");
    assert.match(line() ?? "", /retrying .* it shows retrying/);
    see("working");
    assert.match(line() ?? "", /working .* it shows working/);
  });

  test("is who does what, since when and by what that is known; what is next; what waits for them", () => {
    const project = new Project();
    project.run({ claude: [], codex: [], spare: ["docs"] });
    project.add(draft("T-1"), draft("T-2"), draft("T-3", { title: "the docs" }));
    project.add(draft("T-4", { priority: "low" }), draft("T-5", { priority: "urgent" }));
    project.now += 1_000;
    for (const task of ["T-1", "T-2", "T-3"]) {
      project.say(task, { type: "attempt_moved", phase: "working", evidence: [] });
    }
    const because = [
      { at: project.now, source: "title", says: "the title has a spinner" },
    ] as const;
    project.say("T-1", { type: "agent_seen", state: "working", because });
    project.say("T-2", { type: "agent_seen", state: "asking", because: [] });
    project.say("T-2", { type: "asked", ask });
    project.say("T-3", { type: "agent_held", byPerson: true });
    project.now += 62_000;
    assert.deepEqual(shown(project), [
      "running on main for 1 min 3 s · 1 for you",
      "tasks: 2 queued · 3 running",
      "",
      "agents",
      "  claude-1  working  1 min 2 s  T-1  the title has a spinner",
      "  codex-1   asking   1 min 2 s  T-2  Q-1",
      "  spare-1   working  1 min 2 s  T-3  a person is typing",
      "",
      "next",
      "  T-5  urgent  any  the work of T-5",
      "  T-4  low     any  the work of T-4",
      "",
      "for you",
      "  Q-1, codex-1 on T-2: Run `rm -rf build`? [1 Yes · 2 No]",
      "    → temoin answer Q-1 1; temoin attach codex-1 shows it",
    ]);
    const tones = watchLines(project.state, {
      ...{ now: project.now, hasRunner: true, width: 80, height: 24 },
    }).map(({ tone }) => tone);
    assert.deepEqual(tones.slice(4, 7), ["busy", "attention", "attention"]);
  });

  test("says that nobody is at work when temoin is gone, whatever the last word was", () => {
    const [head, , , , first] = shown(atWork(), { hasRunner: false });
    assert.match(head ?? "", /^The last run was cut off/);
    assert.match(first ?? "", /offline/);
    assert.deepEqual(shown(new Project()), ["No run has begun yet.", "tasks: none"]);
  });

  test("shares a low terminal fairly, and tells what is left out", () => {
    const project = new Project();
    project.run(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`agent${n}`, []])));
    project.ask({ type: "pause", id: null });
    project.add(...Array.from({ length: 30 }, (_, n) => draft(`T-${n}`)));
    const lines = shown(project, { width: 60, height: 16 });
    assert.equal(lines.length, 16);
    assert.equal(lines.filter((line) => /agent\d+-1 +idle/.test(line)).length, 4);
    assert.ok(lines.includes("  … 16 more"), lines.join("\n"));
    assert.equal(lines.filter((line) => line.includes("T-")).length, 4);
  });

  test("never is wider or longer than the terminal, nor holds what that obeys, whatever is said", () => {
    const words = fc.string({
      unit: fc.constantFrom("a", "漢", "\u001b", "[2J", "\n", "\r", "🙂"),
    });
    const size = fc.record({ width: fc.integer({ min: 1, max: 90 }), height: fc.nat(30) });
    fc.assert(
      fc.property(words, size, (text, { width, height }) => {
        const project = atWork();
        const [task] = project.state.running.keys();
        assert(task !== undefined);
        project.add(draft("T-9", { title: `x${text}` }));
        project.say(task, { type: "asked", ask: { ...ask, says: text } });
        const because = [{ at: 1, source: "screen", says: text }] as const;
        project.say(task, { type: "agent_seen", state: "asking", because });
        const lines = shown(project, { width, height });
        assert.ok(lines.length <= height);
        for (const line of lines) {
          assert.ok(cellsOf(line) <= width, line);
          assert.doesNotMatch(line, /\p{Cc}/u);
        }
      }),
      { numRuns: 60 },
    );
  });
});

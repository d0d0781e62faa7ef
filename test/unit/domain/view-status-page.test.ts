import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { emptyState } from "../../../src/domain/state.ts";
import { durationText, shareText } from "../../../src/domain/view-duration.ts";
import { statusPage } from "../../../src/domain/view-status-page.ts";
import { id } from "../../task-spec.ts";
import { draft, Project } from "./project.ts";

describe("the status page", () => {
  it("shows agents, tasks, totals, goal, inbox and the expected end", () => {
    const project = new Project();
    project.now = Date.UTC(2026, 10, 2, 12);
    project.add(
      draft("T-1", { estimate: "30m", priority: "high" }),
      draft("T-2", { estimate: "30m", deps: [id("T-1")] }),
      draft("T-3"),
    );
    project.run({ codex: [], claude: [] });
    project.now += 60_000;
    project.end("T-3", "blocked");
    const page = statusPage(project.state, project.now);
    for (const line of [
      "- Run: running, since 2026-11-02 12:00:00Z",
      "- Expected end: 2026-11-02 13:00:00Z (in 59 min; 29 min to 1 h 59 min)",
      "| codex-1 | T-1 | 🔄 starting | 2026-11-02 12:00:00Z | 1 min | context unknown |",
      "| claude-1 | – | ⏳ idle | 2026-11-02 12:01:00Z | 0.0 s | – |",
      "3 in all: 1 running, 1 needs human, 1 waiting.",
      "| high | T-1 | the work of T-1 | codex | 🔄 running |",
      "| medium | T-3 | the work of T-3 | claude | ⚠️ needs human: it was blocked |",
      "| medium | T-2 | the work of T-2 | any | ⏳ waiting |",
      "| queue | ⏳ missing | 3 of 3 tasks open |",
    ]) {
      assert(page.split("\n").includes(line), `${line}\nis missing from\n${page}`);
    }
    assert.match(page, /\| T-3 \| T-3: it was blocked \| temoin tell T-3/);
  });

  it("shows what the run, each agent and each task have used up, once anybody has told it", () => {
    const project = new Project();
    project.now = Date.UTC(2026, 10, 2, 12);
    project.add(draft("T-1"), draft("T-2"), draft("T-3"));
    project.run({ codex: [], claude: [] });
    const before = statusPage(project.state, project.now);
    assert.doesNotMatch(before, /spend/i);
    project.say("T-1", { type: "agent_used", usage: { costUsd: 0.5, inputTokens: 1_200 } });
    const page = statusPage(project.state, project.now);
    for (const line of [
      "- Spend: $0.50, 1.2k tokens (codex $0.50, 1.2k tokens; claude unknown)",
      "| agent | task | status | since | for | fullness | spend |",
      "| codex-1 | T-1 | 🔄 starting | 2026-11-02 12:00:00Z | 0.0 s | context unknown | $0.50, 1.2k tokens |",
      "| claude-1 | T-2 | 🔄 starting | 2026-11-02 12:00:00Z | 0.0 s | context unknown | unknown |",
      "| medium | T-1 | the work of T-1 | codex | 🔄 running | $0.50, 1.2k tokens |",
      "| medium | T-3 | the work of T-3 | any | ⏳ queued | – |",
    ]) {
      assert(page.split("\n").includes(line), `${line}\nis missing from\n${page}`);
    }
  });

  it("says in words what there is none of", () => {
    const page = statusPage(emptyState(), 0);
    assert.match(page, /No run has begun yet\./);
    assert.match(page, /0 in all\./);
    assert.match(page, /Nothing waits for a person\./);
  });

  it("stays short with thousands of tasks, and says how many more there are", () => {
    const project = new Project();
    project.add(...Array.from({ length: 3_000 }, (_, n) => draft(`T-${n}`)));
    project.run({ a: [] });
    const lines = statusPage(project.state, project.now).split("\n");
    assert.equal(lines.filter((line) => line.startsWith("| medium |")).length, 200);
    assert(lines.includes("2800 more: `temoin ls` lists them all."));
    const first = lines.findIndex((line) => line.includes("the work of"));
    assert.match(lines[first] ?? "", /\| T-0 \|.*🔄 running/);
  });
});

describe("a length of time", () => {
  it("is told in two units at most", () => {
    const known: readonly (readonly [number, string])[] = [
      [0, "0.0 s"],
      [-5, "0.0 s"],
      [4_200, "4.2 s"],
      [9_949, "9.9 s"],
      [9_950, "10 s"],
      [59_499, "59 s"],
      [59_500, "1 min"],
      [192_000, "3 min 12 s"],
      [3_599_499, "59 min 59 s"],
      [3_599_500, "1 h"],
      [7_500_000, "2 h 5 min"],
      [86_400_000 * 1.125, "1 d 3 h"],
    ];
    for (const [ms, text] of known) assert.equal(durationText(ms), text);
  });

  it("has no share in nothing", () => {
    assert.equal(shareText(1, 0), "–");
    assert.equal(shareText(1, 3), "33 %");
  });
});

/** Money, tokens and time: what a run may use, who has used it, and what happens at its end. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Usage } from "../../../src/domain/agent.ts";
import { costText, tokensText } from "../../../src/domain/budget.ts";
import { outlook } from "../../../src/domain/goal.ts";
import { statusJson } from "../../../src/domain/view-status-json.ts";
import { id } from "../../task-spec.ts";
import { draft, Project, sha } from "./project.ts";

const budget = { cost: 10, tokens: null };

function used(project: Project, name: string, usage: Usage): void {
  project.say(name, { type: "agent_used", usage });
}

/** It ends verified, having used that much, and lands. */
function finish(project: Project, name: string, usage: Usage | null): void {
  project.say(name, {
    type: "attempt_ended",
    outcome: "verified",
    why: "green",
    work: { head: sha(1), saved: null, commits: 1 },
    usage,
    evidence: [],
    slotBroken: null,
    limit: null,
    verifyPassed: true,
  });
}

describe("a budget", () => {
  test("that is used up starts nothing, lets what runs end and land, and says what is left", () => {
    const project = new Project();
    project.run({ a: [], b: [] }, { budget });
    project.add(draft("T-1"), draft("T-2"), draft("T-3"), draft("T-4"));
    used(project, "T-1", { costUsd: 4 });
    used(project, "T-1", { costUsd: 7 });
    used(project, "T-2", { costUsd: 3 });
    assert.equal(project.stateOf("T-1"), "running");
    const told = project.state.inbox.get("budget:near")?.says;
    assert.equal(told, "the budget is used up: $10.00 of $10.00");
    finish(project, "T-1", { costUsd: 7.5 });
    finish(project, "T-2", { costUsd: 3 });
    assert.equal(project.stateOf("T-3"), "queued");
    project.land("T-1");
    project.land("T-2");
    assert.equal(project.outlook.kind, "working", "the goal is looked at");
    project.checkGoal(true);
    assert.equal(project.exitCode, 6);
    const says = "the budget is used up: $10.50 of $10.00; left: 2 tasks (T-3, T-4)";
    assert.deepEqual(outlook(project.state, project.now), { kind: "over", exitCode: 6, why: says });
  });

  test("is told once at 80 %, also when its line was cleared", () => {
    const project = new Project();
    project.run({ a: [] }, { budget: { cost: null, tokens: 1_000 } });
    project.add(draft("T-1"));
    used(project, "T-1", { inputTokens: 700, outputTokens: 99 });
    assert.equal(project.state.inbox.size, 0);
    used(project, "T-1", { inputTokens: 700, outputTokens: 100 });
    assert.match(project.state.inbox.get("budget:near")?.says ?? "", /800 of 1\.0k tokens/);
    project.ask({ type: "clear_inbox", key: "budget:near" });
    used(project, "T-1", { inputTokens: 800, outputTokens: 100 });
    assert.equal(project.state.inbox.size, 0);
  });

  test("counts the run: on over a kill, anew after an end", () => {
    const project = new Project();
    project.run({ a: [] }, { budget });
    project.add(draft("T-1"), draft("T-2"));
    used(project, "T-1", { costUsd: 6 });
    project.control({ type: "run_ended", exitCode: 137, why: "temoin was killed" });
    project.lose("T-1", true);
    project.run({ a: [] }, { budget });
    assert.equal(project.state.run?.spent?.costUsd, 6);
    used(project, "T-1", { costUsd: 5 });
    project.end("T-1", "blocked");
    assert.equal(project.stateOf("T-2"), "queued");
    project.checkGoal(false);
    assert.equal(project.exitCode, 6);
    project.control({ type: "run_ended", exitCode: 6, why: "the budget is used up" });
    project.run({ a: [] }, { budget });
    assert.equal(project.state.run?.spent, null);
    assert.equal(project.holder("T-2"), "a");
  });

  test("says of whom it knows nothing, and shows that as unknown, never as 0", () => {
    const project = new Project();
    project.run({ a: [] }, { budget });
    project.add(draft("T-1"));
    finish(project, "T-1", { inputTokens: 10 });
    assert.match(project.state.inbox.get("budget:unknown:a")?.says ?? "", /a tells no cost/);
    const { run } = statusJson(project.state, { now: 0, agents: [], hasRunner: true });
    assert.equal(run.spent?.costUsd, null);
    assert.equal(run.spent?.inputTokens, 10);
  });

  test("counts each attempt once, however often its use is told", () => {
    const usage = fc.record({ costUsd: fc.nat(100), inputTokens: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(fc.array(usage, { maxLength: 5 }), { maxLength: 5 }), (attempts) => {
        const project = new Project();
        project.run({ a: [] });
        let expected = 0;
        for (const [n, told] of attempts.entries()) {
          const name = `T-${n}`;
          project.add(draft(name));
          const grown = told.map(({ costUsd }) => costUsd).sort((a, b) => a - b);
          for (const costUsd of grown) used(project, name, { costUsd });
          expected += grown.at(-1) ?? 0;
          project.end(name, "blocked");
        }
        assert.equal(project.state.run?.spent?.costUsd ?? 0, expected);
        assert.equal(project.state.tasks.has(id("T-0")), attempts.length > 0);
      }),
      { numRuns: 50 },
    );
  });

  test("is told in words that fit", () => {
    assert.deepEqual([0, 0.0042, 0.5, 20].map(costText), ["$0.00", "$0.004", "$0.50", "$20.00"]);
    const counts = [0, 999, 1_500, 999_400, 999_600, 5_000_000].map(tokensText);
    assert.deepEqual(counts, ["0", "999", "1.5k", "999.4k", "1.0M", "5.0M"]);
  });
});

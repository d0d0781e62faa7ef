/** The report of a run: what was done, by whom, for how much, and what was caught. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { runReport } from "../../../src/domain/view-report.ts";
import { reportJson, reportLines, reportPage } from "../../../src/domain/view-report-page.ts";
import { agent, draft, Project, sha } from "./project.ts";

const red: GateResult = {
  name: "test",
  verdict: "failed",
  exitCode: 1,
  durationMs: 10,
  proof: null,
  why: "exit code 1",
  where: "workspace",
  round: 0,
};

const hostile = "a | b <script>`x`</script>\n# Heading\u001b[31m [link](http://x)";

function played(): Project {
  const project = new Project();
  project.add(
    draft("T-1", { agent: agent("a"), title: hostile }),
    draft("T-2", { agent: agent("b") }),
    draft("T-3"),
  );
  project.run({ a: [], b: [] }, { perTask: 1 });
  project.now += 60_000;
  const adds = { file: "a.ts", line: 1, test: "adds", code: null, message: "no" };
  project.say("T-1", { type: "gates_ran", results: [{ ...red, failures: [adds] }] });
  project.say("T-1", { type: "feedback_given", round: 1, says: "red" });
  const green = { ...red, verdict: "passed", round: 1, flaky: true } as const;
  project.say("T-1", { type: "gates_ran", results: [{ ...green, failures: [adds] }] });
  project.say("T-1", { type: "agent_used", usage: { inputTokens: 900, costUsd: 0.25 } });
  project.say("T-1", {
    type: "attempt_moved",
    phase: "verifying",
    evidence: [],
    outside: ["README.md"],
  });
  project.end("T-1", "verified");
  project.land("T-1");
  const slow = { ...adds, test: "slow" };
  const onTarget = { ...green, where: "target", round: 0, failures: [slow] } as const;
  project.say("T-2", { type: "target_checked", sha: sha(1), results: [onTarget], commits: [] });
  project.end("T-2", "verified");
  project.say("T-2", { type: "landing_refused", outcome: "conflict", why: "conflicts in a.ts" });
  return project;
}

describe("the report of a run", () => {
  test("tells of each task, of each agent, and what was caught", () => {
    const { events, now } = played();
    const report = runReport(events, now);
    assert(report !== null);
    const [first] = report.work;
    assert.deepEqual(
      [first?.id, first?.agents, first?.attempts, first?.rounds, first?.workingMs, first?.proven],
      ["T-1", ["a"], 1, 1, 60_000, true],
    );
    assert.equal(first?.spent?.costUsd, 0.25);
    assert.deepEqual(
      report.caught.map(({ kind, task }) => `${kind} ${task}`),
      ["gate T-1", "scope T-1", "conflict T-2"],
    );
    assert.equal(report.caught[0]?.says, "exit code 1 a.ts:1 adds: no");
    assert.deepEqual(report.flaky, [
      { gate: "test", test: "adds", times: 1, tasks: ["T-1"] },
      { gate: "test", test: "slow", times: 1, tasks: [] },
    ]);
    assert.match(reportPage(report), /\| test \| slow \| 1 \| the target \|/);
    assert.deepEqual(
      report.agents.map((one) => [one.agent, one.done, one.spent?.costUsd, one.unknownCost]),
      [
        ["a", 1, 0.25, 0],
        ["b", 0, undefined, 1],
      ],
    );
    assert.equal(report.commits.length, 1);
    const lines = reportLines(report).join("\n");
    assert.match(lines, /caught: 1 × red gate, 1 × outside its scope, 1 × conflict/);
    assert.match(lines, /spend: \$0\.25, 900 tokens, and what b did not tell/);
    assert.equal(reportJson(report).agents[1]?.spent, null);
  });

  test("shows hostile words and obeys none", () => {
    const { events, now } = played();
    const report = runReport(events, now);
    assert(report !== null);
    const page = reportPage(report);
    const [row] = page.split("\n").filter((line) => line.startsWith("| T-1 | a"));
    assert(row !== undefined, page);
    assert.equal(row.replace(/\\./g, "").split("|").length, 10, row);
    assert(!page.includes("\u001b"));
    assert.doesNotMatch(page, /<script>|^# Heading/m);
    assert.match(page, /cost of 1 attempt unknown/);
  });

  test("is one over a kill, and there is none before a run", () => {
    const project = played();
    assert.equal(runReport([], 0), null);
    project.control({ type: "run_ended", exitCode: 137, why: "temoin was killed" });
    const startedAt = project.state.run?.startedAt;
    for (const id of [...project.state.running.keys()]) project.lose(id, true);
    project.now += 60_000;
    project.run({ a: [], c: [] });
    const report = runReport(project.events, project.now);
    assert.equal(report?.startedAt, startedAt);
    assert.deepEqual(
      report?.slots.map(({ slot }) => slot),
      ["a-1", "b-1", "c-1"],
    );
    assert.equal(report?.caught.length, 3);
    project.control({ type: "run_ended", exitCode: 3, why: "nothing left" });
    project.run({ a: [] });
    assert.deepEqual(runReport(project.events, project.now)?.caught, []);
  });
});

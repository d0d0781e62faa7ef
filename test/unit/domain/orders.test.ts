/** What a runner gets to know with its lease. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { briefText, emptyBrief } from "../../../src/domain/brief.ts";
import { directives } from "../../../src/domain/directive.ts";
import { briefOf, orderFor } from "../../../src/domain/orders.ts";
import { id } from "../../task-spec.ts";
import { taskIn } from "./stages.ts";

function gate(name: string, verdict: GateResult["verdict"], round: number): GateResult {
  const facts = { exitCode: 1, durationMs: 5, proof: null, why: `${name} ${verdict}` };
  return { name, verdict, round, where: "workspace", ...facts };
}

const first = { kind: "attempt", task: id("T-1"), attempt: 1 } as const;

test("an order for an attempt holds the brief, the words of people, and the state's facts", () => {
  const project = taskIn("running");
  project.ask({ type: "tell", id: id("T-1"), tellId: "x", text: "mind the tests" });
  const brief = briefText({ ...emptyBrief, objective: "count" });
  assert.equal(briefOf(project.state, first), "0");
  const order = orderFor(project.state, first, brief);
  assert(order?.kind === "attempt");
  assert.deepEqual(
    [order.brief.objective, order.slot, order.agent, order.branch],
    ["count", "a-1", "a", "temoin/T-1/1"],
  );
  assert.deepEqual(
    order.tells.map((tell) => tell.text),
    ["mind the tests"],
  );
  assert.deepEqual(order.earlier, []);
});

test("the next attempt is told which gates were red at the end of the one before", () => {
  const project = taskIn("running");
  project.say("T-1", {
    type: "gates_ran",
    results: [gate("lint", "failed", 0), gate("test", "failed", 0)],
  });
  project.say("T-1", {
    type: "gates_ran",
    results: [gate("lint", "passed", 1), gate("test", "errored", 1), gate("e2e", "skipped", 1)],
  });
  project.end("T-1", "limited");
  const order = orderFor(project.state, { ...first, attempt: 2 }, null);
  assert(order?.kind === "attempt");
  assert.deepEqual(
    order.earlier[0]?.failedGates.map((one) => one.name),
    ["test"],
  );
});

test("an assignment that the state has left behind gives no order", () => {
  const project = taskIn("landing");
  assert.equal(orderFor(project.state, first, null), null);
  const landing = { ...first, kind: "landing" } as const;
  assert.equal(orderFor(project.state, landing, null)?.kind, "landing");
  project.land("T-1");
  assert.equal(orderFor(project.state, landing, null), null);
});

test("a report that the agent sends reaches its runner as a directive with the same id each time", () => {
  const project = taskIn("running");
  const report = { kind: "note", text: "half way", files: [], tests: null, at: 5 } as const;
  project.say("T-1", { type: "reported", report });
  const [directive] = directives(project.state);
  assert(directive?.kind === "report" && directive.report.text === "half way");
  assert.deepEqual(directives(project.state)[0]?.id, directive.id);
});

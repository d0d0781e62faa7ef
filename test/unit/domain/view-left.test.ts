/** What a start makes of that which a killed temoin has left, and the time in which none was running. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { leftLines } from "../../../src/domain/view-left.ts";
import { tally } from "../../../src/domain/view-summary.ts";
import { id } from "../../task-spec.ts";
import { draft, Project } from "./project.ts";

const hour = 3_600_000;

test("time in which no temoin was running is nobody's work", () => {
  const project = new Project();
  project.run({ ada: [] });
  project.add(draft("T-1"));
  const aliveAt = project.now + hour;
  project.now += 9 * hour;
  const end = { type: "run_ended", exitCode: 137, why: "temoin was killed", aliveAt } as const;
  const before = project.events.length;
  project.control(end);
  project.lose("T-1", true);
  project.run({ ada: [] });
  assert.match(leftLines(project.events.slice(before)).join("\n"), /^T-1: attempt 1 was lost/);
  project.now += hour;
  project.end("T-1", "verified");
  project.land("T-1");
  const told = tally(project.events, project.now);
  assert(told !== null);
  const [slot] = told.slots;
  assert(slot !== undefined);
  assert.equal(told.awayMs, 8 * hour);
  assert.equal(slot.workingMs, 2 * hour);
  const sum = slot.workingMs + slot.idleMs + slot.idleReadyMs + slot.limitedMs + slot.brokenMs;
  assert.equal(sum, told.endedAt - told.startedAt - told.awayMs);
});

test("what a person had asked of an attempt that was cut off is told, and nothing as lost", () => {
  const project = new Project();
  project.run({ ada: [], bo: [] });
  project.add(draft("T-1"), draft("T-2"));
  project.ask({ type: "hand_off", id: id("T-1"), to: null });
  project.ask({ type: "cancel", id: id("T-2") });
  const before = project.events.length;
  project.lose("T-1", true);
  project.lose("T-2", true);
  assert.deepEqual(leftLines(project.events.slice(before)), [
    "T-1: attempt 1 was cut off as temoin was killed; it had changed nothing, and it is handed on: a person handed it on.",
    "T-2: attempt 1 was lost as temoin was killed; it had changed nothing, and it is cancelled, as was asked.",
  ]);
  const first = project.task("T-1").attempts[0];
  assert.equal(first?.phase === "ended" && first.outcome, "handed_off");
});

test("what nobody's restart has ended is not told as left", () => {
  const project = new Project();
  project.run({ ada: [] });
  project.add(draft("T-1"));
  project.end("T-1", "crashed");
  assert.deepEqual(leftLines(project.events), []);
});

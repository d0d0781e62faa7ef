import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Fill, handoffOf, handoffStep, usualHandoff } from "../../../src/domain/handoff.ts";
import { orderFor } from "../../../src/domain/orders.ts";
import { attemptsLimit, idleHandoffsLimit } from "../../../src/domain/policy.ts";
import { id } from "../../task-spec.ts";
import { draft, Project, sha, work } from "./project.ts";

const hour = 3_600_000;

function fill(parts: Partial<Fill> = {}): Fill {
  return { usage: null, compacts: null, prompts: 1, ageMs: 0, hasOverage: false, ...parts };
}

function context(percent: number): Partial<Fill> {
  return { usage: { context: { used: percent * 1_000, size: 100_000 } } };
}

function quota(percent: number, resetsAt: number | null = hour): Partial<Fill> {
  return { usage: { quota: { percent, resetsAt, by: "claude's 5 h limit" } } };
}

function stepOf(parts: Partial<Fill>, inTurn = false, now = 1): string {
  const step = handoffStep(fill(parts), usualHandoff, { now, inTurn });
  return step.do === "execute" ? `execute by ${step.reason}` : step.do;
}

describe("when a handoff is due", () => {
  test("at 90 % of the context it is prepared, at the end of a turn; at 98 % it is carried out", () => {
    assert.equal(stepOf(context(89.9)), "none");
    assert.equal(stepOf(context(90)), "prepare");
    assert.equal(stepOf(context(90), true), "none");
    assert.equal(stepOf(context(97.9)), "prepare");
    for (const inTurn of [true, false]) {
      assert.equal(stepOf(context(98), inTurn), "execute by context");
      assert.equal(stepOf(context(140), inTurn), "execute by context");
    }
  });

  test("the quota counts as the context does, where it is told when it begins anew", () => {
    assert.equal(stepOf(quota(92)), "prepare");
    assert.equal(stepOf(quota(98.2), true), "execute by quota");
    assert.equal(stepOf(quota(99, null)), "none");
    assert.equal(stepOf(quota(99, 1), false, 2), "none", "it has begun anew");
    assert.equal(stepOf({ ...quota(99), hasOverage: true }), "none");
    const step = handoffStep(fill(quota(99)), usualHandoff, { now: 1, inTurn: true });
    assert(step.do === "execute");
    assert.deepEqual(step.limit, {
      kind: "usage",
      until: hour,
      says: "quota 99 % (claude's 5 h limit)",
    });
  });

  test("a compaction that is announced is a handoff, unless it is let happen", () => {
    const compacts = { compacts: "Compacting the conversation" };
    assert.equal(stepOf(compacts, true), "execute by compaction");
    const policy = { ...usualHandoff, compaction: false };
    assert.equal(handoffStep(fill(compacts), policy, { now: 1, inTurn: true }).do, "none");
  });

  test("prompts and age count only where the context is unknown, and interrupt no turn", () => {
    assert.equal(stepOf({ prompts: 12 }), "execute by turns");
    assert.equal(stepOf({ prompts: 12 }, true), "none");
    assert.equal(stepOf({ prompts: 12, ...context(50) }), "none");
    assert.equal(stepOf({ ageMs: 3 * hour }), "execute by age");
    assert.equal(stepOf({ ageMs: 3 * hour - 1 }), "none");
    const policy = { ...usualHandoff, turns: null, ageMs: null };
    const step = handoffStep(fill({ prompts: 99, ageMs: 9 * hour }), policy, {
      now: 9 * hour,
      inTurn: false,
    });
    assert.equal(step.do, "none");
  });

  test("a fuller conversation is never further from its handoff", () => {
    const rank = { none: 0, prepare: 1, execute: 2 };
    const percent = fc.double({ min: 0, max: 150, noNaN: true });
    fc.assert(
      fc.property(percent, percent, fc.boolean(), (one, other, inTurn) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map(
          (each) => handoffStep(fill(context(each)), usualHandoff, { now: 1, inTurn }).do,
        );
        assert(rank[less ?? "none"] <= rank[more ?? "none"]);
      }),
    );
  });
});

/** `first` and `second`, and a task that the first of them works on. */
function atWork(): Project {
  const project = new Project();
  project.run({ first: [], second: [] }, { perTask: 1 });
  project.add(draft("T-1"));
  return project;
}

function handOff(project: Project, saved: number | null, reason: "context" | "quota" = "context") {
  project.say("T-1", {
    type: "attempt_ended",
    outcome: "handed_off",
    why: "context 98 %",
    work: work({ saved: saved === null ? null : sha(saved) }),
    usage: null,
    evidence: [],
    slotBroken: null,
    limit:
      reason === "quota" ? { kind: "usage", until: project.now + hour, says: "quota 98 %" } : null,
    handoff: reason,
    verifyPassed: false,
  });
}

describe("a task that is handed on", () => {
  test("goes on from what was saved, and counts as no attempt", () => {
    const project = atWork();
    handOff(project, 3);
    assert.equal(project.stateOf("T-1"), "running");
    const { base } = project.task("T-1").attempts[1] ?? assert.fail();
    assert.deepEqual(base, { from: "attempt", attempt: 1, commit: sha(3), because: "handed_off" });
  });

  test("goes to another agent where the plan of the first is used up, which sleeps", () => {
    const project = atWork();
    handOff(project, 3, "quota");
    assert.equal(project.holder("T-1"), "second");
    const asleep = [...project.state.slots.values()].map((slot) => slot.asleep !== null);
    assert.deepEqual(asleep, [true, false]);
  });

  test("is shown to a person when it was handed on again and again without anything new", () => {
    const project = atWork();
    handOff(project, 3);
    for (let n = 1; n < idleHandoffsLimit; n += 1) handOff(project, null);
    assert.equal(project.stateOf("T-1"), "running");
    handOff(project, null);
    assert.equal(project.stateOf("T-1"), "needs_human");
    const item = project.state.inbox.get("handoff:T-1");
    assert.match(item?.says ?? "", /handed off 3 times in a row without anything new/);
    project.ask({ type: "retry", id: id("T-1") });
    assert.equal(project.stateOf("T-1"), "running");
  });

  test("is not shown as long as something new comes of it, but not for ever", () => {
    const project = atWork();
    for (let n = 1; n < attemptsLimit; n += 1) handOff(project, n);
    assert.equal(project.stateOf("T-1"), "running");
    handOff(project, 1);
    assert.equal(project.stateOf("T-1"), "needs_human");
  });

  test("leaves all that is known of those who had it, until one has come to an end", () => {
    const project = atWork();
    assert.equal(handoffOf(project.task("T-1")), null);
    const report = {
      kind: "handoff",
      text: "half is done",
      files: [],
      tests: null,
      at: 1,
    } as const;
    project.say("T-1", { type: "reported", report });
    handOff(project, 3);
    project.end("T-1", "limited", { work: work({ saved: sha(4) }) });
    const left = handoffOf(project.task("T-1"));
    assert.deepEqual(
      [left?.before[0]?.words, left?.last.outcome, left?.last.words],
      [[report], "limited", []],
    );
    const attempt = project.task("T-1").attempts.length;
    const order = orderFor(project.state, { kind: "attempt", task: id("T-1"), attempt }, "");
    assert(order?.kind === "attempt");
    assert.deepEqual(order.handoff, left);
  });

  test("has a document after every way in which an agent is stopped, and after no other", () => {
    for (const outcome of ["limited", "handed_off", "lost", "stalled", "timed_out"] as const) {
      const project = new Project();
      project.run({ first: [], second: [] }, { perTask: 3 });
      project.add(draft("T-1"));
      project.end("T-1", outcome, { work: work({ saved: sha(2) }) });
      assert.equal(handoffOf(project.task("T-1"))?.last.outcome, outcome);
    }
    const project = new Project();
    project.run({ first: [], second: [] });
    project.add(draft("T-1"));
    project.end("T-1", "gate_failed", { work: work({ head: sha(2), commits: 1 }) });
    assert.equal(handoffOf(project.task("T-1")), null);
  });
});

describe("a person who hands a task on", () => {
  test("ends the attempt; the same agent may go on in a new session", () => {
    const project = atWork();
    project.ask({ type: "hand_off", id: id("T-1"), to: null });
    const task = project.task("T-1");
    assert(task.state === "running");
    assert.deepEqual(task.ending, { to: "queued", why: "a person handed it on" });
    assert.match(
      project.refused({ type: "hand_off", id: id("T-1"), to: null }).refused,
      /being ended/,
    );
    project.end("T-1", "handed_off", { work: work({ saved: sha(2) }) });
    assert.equal(project.holder("T-1"), "first");
  });

  test("may name who goes on, who is waited for", () => {
    const project = atWork();
    project.ask({ type: "hand_off", id: id("T-1"), to: id("second") as never });
    project.end("T-1", "handed_off", { work: work({ saved: sha(2) }) });
    assert.equal(project.holder("T-1"), "second");
    assert.equal(project.task("T-1").spec.agent, "second");
  });

  test("is refused where nobody has the task, or nobody has that name", () => {
    const project = atWork();
    const other = id("third") as never;
    assert.match(
      project.refused({ type: "hand_off", id: id("T-1"), to: other }).refused,
      /no agent/,
    );
    project.add(draft("T-2"), draft("T-3"));
    assert.match(project.refused({ type: "hand_off", id: id("T-3"), to: null }).refused, /queued/);
  });
});

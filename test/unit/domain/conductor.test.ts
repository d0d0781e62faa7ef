/** When the conductor is called, what it may say, and how its role moves. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRefusal } from "../../../src/domain/decide.ts";
import { nextTick } from "../../../src/domain/next-tick.ts";
import type { Refusal } from "../../../src/domain/refusal.ts";
import { roleHandoff } from "../../../src/domain/view-role.ts";
import { why } from "../../../src/domain/why.ts";
import { id } from "../../task-spec.ts";
import { ConductorProject } from "./conductor-project.ts";
import { agent, draft } from "./project.ts";

function withFailure(parts: Parameters<ConductorProject["start"]>[0] = {}): ConductorProject {
  const project = new ConductorProject();
  project.now = 10_000_000;
  project.add(draft("T-1"), draft("T-2"));
  project.start(parts);
  project.fail("T-1");
  return project;
}

function refusedOf(decided: unknown): Refusal {
  assert(typeof decided === "object" && decided !== null && "refused" in decided, "not refused");
  return decided as Refusal;
}

describe("a call of the conductor", () => {
  test("is made for a task that failed its last attempt, and by nobody before that", () => {
    const project = new ConductorProject();
    project.add(draft("T-1"));
    project.start();
    assert.equal(project.conductor.term, 0);
    project.fail("T-1");
    const { term, call } = project.conductor;
    assert.equal(project.conductor.agent, "claude");
    assert.deepEqual(
      [term, call?.about.map(({ says }) => says)],
      [1, ["T-1 has failed: attempt 1 of 1 ended crashed: it was crashed"]],
    );
    assert.equal(project.outlook.kind, "working");
  });

  test("with nothing to judge there is none", () => {
    const project = new ConductorProject();
    project.add(draft("T-1"));
    project.start();
    project.end("T-1", "verified");
    project.land("T-1");
    project.tick(3_600_000);
    assert.equal(project.conductor.calls, 0);
  });

  test("what happens during one, and in the cool-down after it, is judged together in the next", () => {
    const project = withFailure();
    project.acknowledge();
    project.fail("T-2");
    project.ended();
    assert.equal(project.conductor.call, null);
    assert.equal(nextTick(project.state, project.now), project.now + 30_000);
    project.tick(29_999);
    assert.equal(project.conductor.call, null);
    project.tick(1);
    assert.deepEqual(project.aboutOf(2), [
      "T-2 has failed: attempt 1 of 1 ended crashed: it was crashed",
    ]);
  });

  test("what was judged is not judged again; then the run ends as without a conductor", () => {
    const project = withFailure();
    project.end("T-2", "crashed");
    project.acknowledge();
    project.ended();
    project.tick(30_000);
    project.acknowledge();
    project.ended();
    project.tick(30_000);
    project.checkGoal(true);
    assert.equal(project.conductor.call, null);
    assert.equal(project.outlook.kind, "over");
  });

  test("a phase that has ended is judged while there is a next one, and with the goal met nobody is called", () => {
    const project = new ConductorProject();
    const source = { file: "plan.md", line: 1 };
    const add = ["A-1", "B-1"].map((name) => draft(name, { phase: name, source }));
    const phases = ["A-1", "B-1"].map((name) => ({ name, tasks: [id(name)], criteria: [] }));
    project.ask({ type: "import", file: "plan.md", add, edit: [], phases, inbox: [] });
    project.start();
    project.end("A-1", "verified");
    project.land("A-1");
    assert.deepEqual(project.aboutOf(1), ["the phase “A-1” of plan.md has ended"]);
    project.acknowledge();
    project.ended();
    project.tick(30_000);
    project.end("B-1", "verified");
    project.land("B-1");
    assert.equal(project.conductor.call, null);
    project.checkGoal(true);
    assert.equal(project.exitCode, 0);
    project.control({ type: "run_ended", exitCode: 0, why: "the goal is met" });
    project.start();
    project.checkGoal(true);
    assert.deepEqual([project.conductor.calls, project.exitCode], [1, 0]);
  });

  test("who is called is heard to the end although the goal is met", () => {
    const project = withFailure();
    project.end("T-2", "verified");
    project.land("T-2");
    project.ask({ type: "cancel", id: id("T-1") });
    project.checkGoal(true);
    assert.equal(project.outlook.kind, "working");
    project.acknowledge();
    project.ended();
    assert.equal(project.exitCode, 0);
  });

  test("a clock that is set back makes nobody wait longer", () => {
    const project = withFailure();
    project.acknowledge();
    project.fail("T-2");
    project.ended();
    project.tick(-3_600_000);
    assert.equal(nextTick(project.state, project.now), project.now + 30_000);
  });

  test("beyond the budget nobody is called", () => {
    const project = withFailure({ calls: 1 });
    project.acknowledge();
    project.ended();
    project.fail("T-2");
    project.tick(60_000);
    assert.equal(project.conductor.calls, 1);
    assert.equal(project.conductor.call, null);
  });

  test("a failed task that it opens again goes on", () => {
    const project = withFailure();
    project.acknowledge();
    assert(!isRefusal(project.speak({ type: "retry", id: id("T-1") })));
    assert.equal(project.events.at(-1)?.by === "person", false);
    assert.equal(project.state.tasks.get(id("T-1"))?.state, "running");
  });
});

describe("what a conductor may say", () => {
  test("nothing before it has acknowledged its role", () => {
    const project = withFailure();
    const refusal = refusedOf(project.speak({ type: "decided", text: "x" }));
    assert.match(refusal.refused, /has not been acknowledged/);
  });

  test("not what is a person's: to land, to pause, to move the role", () => {
    const project = withFailure();
    project.acknowledge();
    for (const input of [
      { type: "land", id: id("T-1") },
      { type: "pause", id: null },
      { type: "move_role", to: null },
    ] as const) {
      assert.match(refusedOf(project.speak(input)).refused, /^A conductor cannot/);
    }
  });

  test("what it cancels is told as its own deed, also where an attempt has to end first", () => {
    const project = withFailure();
    project.acknowledge();
    project.speak({ type: "cancel", id: id("T-1") });
    project.speak({ type: "cancel", id: id("T-2") });
    project.end("T-2", "cancelled");
    const cancelled = project.events.filter(({ type }) => type === "task_cancelled");
    assert.deepEqual(
      cancelled.map(({ by }) => by),
      ["claude", "claude"],
    );
  });

  test("in as many words as it likes: what is handed on has room for its successor's own", () => {
    const project = withFailure();
    project.acknowledge();
    project.speak({ type: "leave_words", text: `${"mind the cache\n".repeat(100_000)}` });
    project.ask({ type: "move_role", to: null });
    const handoff = roleHandoff(project.state);
    assert.ok(handoff.length < 30_000, `${handoff.length}`);
    assert.match(handoff, /\n> mind the cache\n.*\(1480000 more characters are left out\.\)\n$/s);
  });

  test("no more tasks than a thousand that have not begun, by adding or by splitting", () => {
    const project = withFailure();
    project.acknowledge();
    const deps = [id("T-2")];
    const some = (name: string, count: number) =>
      Array.from({ length: count }, (_, n) => draft(`${name}-${n}`, { deps }));
    const flood = project.speak({ type: "add", tasks: some("A", 1_001) });
    assert.match(refusedOf(flood).refused, /^0 tasks that were added .* with 1001 more/);
    assert.ok(!("refused" in project.speak({ type: "add", tasks: some("B", 999) })));
    const into = [draft("C-1"), draft("C-2")];
    refusedOf(project.speak({ type: "split", id: id("B-1"), into }));
    refusedOf(project.speak({ type: "add", tasks: some("D", 2) }));
    assert.ok(!("refused" in project.speak({ type: "add", tasks: some("E", 1) })));
    const source = { file: "plan.md", line: 1 };
    project.ask({ type: "add", tasks: [draft("F-1", { deps, source })] });
  });

  test("no task loses the check that a person has given it", () => {
    const project = withFailure();
    const deps = [id("T-2")];
    project.add(draft("T-8", { deps, verify: ["test -s x"] }), draft("T-9", { deps }));
    project.acknowledge();
    const taken = project.speak({ type: "edit", id: id("T-8"), changes: { verify: [] } });
    assert.match(refusedOf(taken).refused, /^Only a person takes its check from T-8: `test -s x`/);
    const none = project.speak({
      type: "edit",
      id: id("T-9"),
      changes: { verify: [], title: "x" },
    });
    assert.ok(!("refused" in none), "it had none");
  });

  test("no answer to what is to be weighed, or to a dialog: it stays in the inbox", () => {
    const project = withFailure();
    project.acknowledge();
    const permission = { kind: "permission", choices: ["Yes", "No"], takesText: false } as const;
    const asks = [
      { ...permission, id: "A-1", says: "rm -rf /", careful: "it deletes everything" },
      { ...permission, id: "A-2", says: "Trust this folder?", kind: "dialog" as const },
    ];
    for (const ask of asks) project.say("T-2", { type: "asked", ask });
    for (const ask of ["Q-1", "Q-2"]) {
      const decided = project.speak({ type: "answer", ask, answer: { choice: "Yes" } });
      assert.match(refusedOf(decided).refused, /is for a person: /);
      assert.ok(project.state.inbox.has(`ask:${ask}`));
    }
    project.ended();
    project.tick(60_000);
    assert.equal(project.conductor.calls, 1, "nobody is called for it either");
  });

  test("what it answers is told as its own words, and not as a person's", () => {
    const project = withFailure();
    project.acknowledge();
    const question = { kind: "question", choices: [], takesText: true, isTool: true } as const;
    project.say("T-2", { type: "asked", ask: { ...question, id: "A-1", says: "Which colour?" } });
    project.speak({ type: "answer", ask: "Q-1", answer: { text: "Blue" } });
    const told = project.events.find(({ type }) => type === "told");
    assert.equal(told?.by, "claude");
    const seen = project.task("T-2").attempts.at(-1)?.evidence.at(-1);
    assert.match(seen?.says ?? "", /answered “Blue”, claude$/);
  });

  test("an answer to a task that is blocked, in its own name: it goes on from its work", () => {
    const project = withFailure();
    project.acknowledge();
    project.end("T-2", "blocked");
    const tellId = "T-2/tell/1-1";
    const tell = { type: "tell", id: id("T-2"), tellId, text: "Blue" } as const;
    assert(!isRefusal(project.speak(tell)));
    const told = project.events.find(({ type }) => type === "told");
    assert(told?.type === "told");
    assert.deepEqual([told.by, told.text], ["claude", "The conductor (claude) answers: Blue"]);
    assert.equal(project.task("T-2").state, "running");
    assert.equal(project.state.inbox.has("blocked:T-2"), false);
    const because = why(project.state, "T-2", project.now)?.because.map(({ says }) => says) ?? [];
    assert.ok(!because.some((says) => /a person/.test(says)), because.join("; "));
  });

  test("nothing to a task that has not asked it: at work, failed, or with an ask that is open", () => {
    const project = withFailure();
    project.acknowledge();
    const tell = (name: string) =>
      refusedOf(
        project.speak({ type: "tell", id: id(name), tellId: `${name}/tell/1-1`, text: "Blue" }),
      );
    assert.match(tell("T-2").refused, /^T-2 is running: a conductor tells only a task that is bl/);
    assert.match(tell("T-1").refused, /^T-1 is failed: /);
    const question = { kind: "question", choices: [], takesText: true, isTool: true } as const;
    project.say("T-2", { type: "asked", ask: { ...question, id: "A-1", says: "Which colour?" } });
    project.end("T-2", "blocked");
    assert.equal(project.task("T-2").state, "needs_human");
    assert.deepEqual(
      [tell("T-2").refused, tell("T-2").hint],
      ["T-2 asks by Q-1.", "temoin answer Q-1"],
    );
  });

  test("what it decides is kept, and handed to the next", () => {
    const project = withFailure();
    project.acknowledge();
    project.speak({ type: "decided", text: "T-2 first" });
    project.ask({ type: "move_role", to: null });
    assert.deepEqual(
      project.conductor.decided.map(({ term, by, text }) => [term, by, text]),
      [[1, "claude", "T-2 first"]],
    );
  });
});

describe("the role moves", () => {
  test("at once, by a person; the old term is refused from then on", () => {
    const project = withFailure();
    project.acknowledge();
    const lease = project.callLease();
    const decision = project.ask({ type: "move_role", to: agent("amp") });
    assert.deepEqual(decision.retract, [{ queue: "$conductor", id: "judgement/1/1" }]);
    assert.deepEqual([project.conductor.term, project.conductor.agent], [2, "amp"]);
    assert.equal(project.conductor.call?.n, 2, "what was being judged is judged by the next");
    const refusal = refusedOf(project.speak({ type: "cancel", id: id("T-2") }, 1));
    assert.match(refusal.refused, /Term 1 of the conductor has ended: term 2 is amp's/);
    const late = project.ended(lease);
    assert.deepEqual([late.events.length, late.settle], [0, true]);
  });

  test("when it does not acknowledge in time, or its turn ends without", () => {
    const silent = withFailure();
    silent.tick(119_999);
    assert.equal(silent.conductor.term, 1);
    silent.tick(1);
    assert.deepEqual([silent.conductor.term, silent.conductor.agent], [2, "amp"]);
    const deaf = withFailure();
    deaf.ended();
    assert.deepEqual([deaf.conductor.term, deaf.conductor.agent], [2, "amp"]);
    assert.match(deaf.conductor.why, /did not acknowledge/);
  });

  test("when it is dead, quiet or limited; when its context is full, with its words", () => {
    const dead = withFailure();
    dead.failed("its process has ended");
    assert.equal(dead.conductor.agent, "amp");
    const quiet = withFailure();
    quiet.acknowledge();
    quiet.tick(900_000);
    assert.equal(quiet.conductor.agent, "amp");
    const limited = withFailure();
    limited.failed("usage limit", limited.now + 3_600_000);
    assert.equal(limited.conductor.unfit[agent("claude")]?.until, limited.now + 3_600_000);
    const full = withFailure();
    full.acknowledge();
    full.speak({ type: "leave_words", text: "mind the parser" });
    full.tell({ type: "conductor_seen", percent: 98 });
    full.full("at_rest");
    assert.deepEqual([full.conductor.term, full.conductor.agent], [2, "amp"]);
    assert.equal(full.conductor.why, "context 98 %");
    assert.equal(full.conductor.call, null, "what it had judged is judged");
    assert.deepEqual(
      [full.conductor.words, full.conductor.inherited, full.conductor.percent],
      [null, "mind the parser", null],
    );
  });

  test("how full it is moves nothing until its hands say that it can do no more", () => {
    const project = withFailure();
    project.acknowledge();
    project.tell({ type: "conductor_seen", percent: 99 });
    project.ended();
    assert.deepEqual([project.conductor.term, project.conductor.agent], [1, "claude"]);
  });

  test("in the middle of a call: its successor is called for the same", () => {
    const project = withFailure();
    project.acknowledge();
    const about = project.conductor.call?.about;
    project.full("in_turn");
    assert.deepEqual([project.conductor.term, project.conductor.agent], [2, "amp"]);
    assert.deepEqual(project.conductor.call?.about, about);
    assert.equal(project.conductor.unfit[agent("claude")], undefined, "a new session of it can");
  });

  test("by a full plan it is passed over until that begins anew", () => {
    for (const when of ["in_turn", "at_rest"] as const) {
      const project = withFailure();
      project.acknowledge();
      const until = project.now + 3_600_000;
      project.full(when, until);
      assert.deepEqual([project.conductor.term, project.conductor.agent], [2, "amp"]);
      const unfit = { why: "context 98 %", until, isLimited: true };
      assert.deepEqual(project.conductor.unfit[agent("claude")], unfit);
    }
  });

  test("to nobody where none is left: a person is told, the schedule goes on", () => {
    const project = withFailure();
    project.failed("crashed");
    project.failed("crashed too");
    assert.equal(project.conductor.agent, null);
    assert.match(project.state.inbox.get("conductor")?.says ?? "", /nobody can be the conductor/);
    assert.equal(project.state.tasks.get(id("T-2"))?.state, "running");
    project.tick(60_000);
    assert.deepEqual([project.conductor.term, project.conductor.agent], [3, "claude"]);
    assert.equal(project.state.inbox.has("conductor"), false);
  });

  test("back to the first when its limit is over, if it may reclaim it", () => {
    for (const reclaim of [true, false]) {
      const project = withFailure({ reclaim });
      project.failed("usage limit", project.now + 3_600_000);
      project.acknowledge();
      project.ended();
      project.tick(3_600_000);
      assert.equal(project.conductor.agent, reclaim ? "claude" : "amp");
    }
  });

  test("with each start of temoin: a session is one term", () => {
    const project = withFailure();
    project.acknowledge();
    project.control({ type: "run_ended", exitCode: 137, why: "killed" });
    project.start();
    assert.deepEqual([project.conductor.term, project.conductor.agent], [2, "claude"]);
    assert.match(refusedOf(project.speak({ type: "acknowledge" }, 1)).refused, /Term 1/);
  });

  test("when a call is lost with its hands: what they have begun is ended, and a session is one term", () => {
    const project = withFailure();
    project.acknowledge();
    const about = project.conductor.call?.about;
    const lost = { type: "judgement_lost", term: 1, call: 1 } as const;
    project.control(lost);
    assert.deepEqual([project.conductor.term, project.conductor.agent], [2, "amp"]);
    assert.deepEqual(project.conductor.call?.about, about, "its successor is called for the same");
    assert.equal(project.conductor.unfit[agent("claude")], undefined, "it is nobody's fault");
    assert.deepEqual(project.control(lost).events, [], "it is lost once");
  });

  test("to the same agent where there is no other, and beyond the budget to nobody: one that always dies ends no run", () => {
    const project = withFailure({ order: [agent("claude")], calls: 4 });
    const hasCall = () => project.conductor.call !== null;
    for (let calls = 1; calls <= 4; calls += 1) {
      assert(hasCall(), `call ${calls}`);
      assert.equal(project.conductor.term, calls);
      project.failed("its session has ended between two turns");
      assert.equal(project.conductor.agent, null, "it is passed over for a minute");
      project.tick(59_999);
      assert(!hasCall());
      project.tick(1);
    }
    project.tick(3_600_000);
    assert.deepEqual([project.conductor.term, hasCall()], [4, false]);
    assert.equal(project.state.tasks.get(id("T-2"))?.state, "running", "the schedule goes on");
  });

  test("a person cannot move it to whom it is not configured for", () => {
    const project = withFailure();
    assert.match(project.refused({ type: "move_role", to: agent("codex") }).refused, /order/);
    assert.match(project.refused({ type: "move_role", to: agent("claude") }).refused, /already/);
  });
});

describe("a conductor that works", () => {
  test("gets a task when nobody else is free, and without `works` none at all", () => {
    for (const works of [true, false]) {
      const project = new ConductorProject();
      project.add(draft("T-1"));
      project.start({ works });
      project.fail("T-1");
      assert.equal(project.conductor.agent, "claude");
      project.add(draft("T-2"), draft("T-3"), draft("T-4"));
      assert.deepEqual(["T-2", "T-3"].map((name) => project.holder(name)).sort(), ["amp", "codex"]);
      assert.equal(project.holder("T-4"), works ? "claude" : null);
    }
  });

  test("without `works` the first of the order gets none before it is called, either", () => {
    for (const works of [true, false]) {
      const project = new ConductorProject();
      project.add(draft("T-1"), draft("T-2"), draft("T-3"));
      project.start({ works });
      assert.equal(project.conductor.agent, null);
      const holders = ["T-1", "T-2", "T-3"].map((name) => project.holder(name));
      assert.equal(holders.includes("claude"), works);
      const free = why(project.state, "claude", project.now)?.because.at(-1)?.says ?? "";
      assert.equal(/^claude-1 is free: kept so for the role/.test(free), !works, free);
    }
  });

  test("without `works` it gets what is pinned to it: nobody else may take that", () => {
    const project = new ConductorProject();
    project.add(draft("T-1", { agent: agent("claude") }));
    project.start({ works: false });
    assert.equal(project.holder("T-1"), "claude");
    const inOffice = withFailure({ works: false });
    assert.equal(inOffice.conductor.agent, "claude");
    inOffice.add(draft("T-3", { agent: agent("claude") }));
    assert.equal(inOffice.holder("T-3"), "claude");
  });

  test("without `works` it gets a task all the same where no other agent can be used", () => {
    const project = new ConductorProject();
    project.add(draft("T-1"), draft("T-2"));
    project.start({ works: false });
    project.fail("T-1");
    for (const slot of [...project.state.slots.values()]) {
      if (slot.spec.agent === "claude") continue;
      for (let tries = 0; tries < 3; tries += 1) {
        project.control({ type: "slot_broken", slot: slot.spec.id, why: "gone" });
      }
    }
    project.end("T-2", "crashed", { slotBroken: "gone" });
    project.tick(2_000);
    assert.equal(project.holder("T-2"), "claude");
  });
});

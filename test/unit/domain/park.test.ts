/** An agent that waits for a person, and the other work that its slot could do meanwhile. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentAsk } from "../../../src/domain/ask.ts";
import { directives } from "../../../src/domain/directive.ts";
import type { PersonInput } from "../../../src/domain/input.ts";
import { nextTick } from "../../../src/domain/next-tick.ts";
import { orderFor } from "../../../src/domain/orders.ts";
import { judgeParking } from "../../../src/domain/park.ts";
import { readState, writeState } from "../../../src/domain/state.ts";
import { why } from "../../../src/domain/why.ts";
import { id } from "../../task-spec.ts";
import { type Agents, agent, draft, Project, runStarted, sha, typesOf, work } from "./project.ts";

const minute = 60_000;

const question: AgentAsk = {
  id: "s1/1",
  kind: "question",
  says: "Which colour?",
  choices: ["Red", "Blue"],
  takesText: true,
};

/** T-1 has asked, T-2 is ready. */
function asking(
  ask: Partial<AgentAsk> = {},
  {
    agents = { claude: [] },
    parkMs = 10 * minute,
  }: { agents?: Agents; parkMs?: number | null } = {},
): Project {
  const project = new Project();
  project.run(agents, { parkMs });
  project.add(draft("T-1"));
  project.add(draft("T-2", { agent: agent("claude") }));
  project.say("T-1", { type: "attempt_moved", phase: "working", evidence: [] });
  project.say("T-1", { type: "asked", ask: { ...question, ...ask } });
  return project;
}

function later(project: Project, ms: number): readonly string[] {
  project.now += ms;
  return typesOf(project.control({ type: "tick" }));
}

function endOf(project: Project) {
  return directives(project.state).find((one) => one.kind === "end");
}

function parking(project: Project) {
  return judgeParking(project.state, id("T-1"), project.now);
}

/** Its attempt has ended as it was asked to. */
function parked(project = asking()): Project {
  later(project, 10 * minute);
  project.end("T-1", "handed_off", { work: work({ saved: sha(5) }) });
  return project;
}

function answer(project: Project, ask = "Q-1", text = "Blue") {
  return project.ask({ type: "answer", ask, answer: { choice: text } });
}

function says(project: Project, name: string): string {
  return (
    why(project.state, name, project.now)
      ?.because.map((one) => one.says)
      .join("\n") ?? ""
  );
}

describe("an agent that waits for an answer", () => {
  test("is left alone for the time of watch.park, and told to end when that is over", () => {
    const project = asking();
    assert.equal(nextTick(project.state, project.now), project.now + 10 * minute);
    assert.deepEqual(later(project, 10 * minute - 1), []);
    assert.match(says(project, "T-1"), /10 min after it was asked \(watch.park\)/);
    assert.deepEqual(later(project, 1), ["ending_asked"]);
    const end = endOf(project);
    assert(end?.kind === "end");
    assert.equal(end.outcome, "handed_off");
    assert.match(end.why, /^it waits for a person \(Q-1, “Which colour\?”\), and its slot takes/);
    assert.deepEqual(later(project, minute), []);
  });

  const kept: readonly (readonly [string, Partial<AgentAsk>, number | null, RegExp])[] = [
    ["where watch.park is never", {}, null, /watch\.park is never/],
    ["a permission", { kind: "permission" }, 0, /counts only for the permission/],
    ["a dialog", { kind: "dialog" }, 0, /counts only for the dialog/],
    ["what only keys answer", { choices: [], takesText: false }, 0, /only at its keys/],
  ];
  for (const [what, ask, parkMs, reason] of kept) {
    test(`waits on, and says why: ${what}`, () => {
      const project = asking(ask, { parkMs });
      assert.deepEqual(later(project, 60 * minute), []);
      assert.match(parking(project)?.why ?? "", reason);
      assert.match(says(project, "T-1"), reason);
      assert.equal(nextTick(project.state, project.now), null);
    });
  }

  test("waits on while nothing else is ready, and leaves as soon as something is", () => {
    const project = asking();
    project.ask({ type: "pause", id: id("T-2") });
    assert.deepEqual(later(project, 60 * minute), []);
    assert.match(says(project, "T-1"), /nothing else is ready for its slot/);
    const resumed = project.ask({ type: "resume", id: id("T-2") });
    assert.deepEqual(typesOf(resumed), ["task_resumed", "ending_asked"]);
  });

  test("waits on where what is ready is not for it, or waits for the files of another", () => {
    const project = new Project();
    project.run({ claude: [], codex: [] }, { parkMs: 0 });
    project.add(draft("T-1", { agent: agent("claude") }));
    project.add(draft("T-2", { agent: agent("codex"), touches: ["src/**"] }));
    project.add(draft("T-3", { agent: agent("codex") }), draft("T-4", { touches: ["src/a.ts"] }));
    project.say("T-1", { type: "asked", ask: question });
    assert.deepEqual(later(project, minute), []);
    assert.deepEqual(typesOf(project.add(draft("T-5"))), ["task_added", "ending_asked"]);
  });

  test("waits on while a person is at its keys, or an answer is on its way", () => {
    const project = asking();
    project.say("T-1", { type: "agent_held", byPerson: true });
    assert.deepEqual(later(project, 10 * minute), []);
    answer(project);
    const freed = project.say("T-1", { type: "agent_held", byPerson: false });
    assert.deepEqual(typesOf(freed), ["agent_held"]);
    assert.match(parking(project)?.why ?? "", /on its way/);
  });

  test("of two, one leaves for one task", () => {
    const project = new Project();
    project.run({ claude: [], codex: [] }, { parkMs: 0 });
    project.add(draft("T-1"), draft("T-2"));
    for (const name of ["T-1", "T-2"]) project.say(name, { type: "asked", ask: question });
    assert.deepEqual(typesOf(project.add(draft("T-3"))), ["task_added", "ending_asked"]);
    assert.deepEqual(typesOf(project.add(draft("T-4"))), ["task_added", "ending_asked"]);
    assert.deepEqual(typesOf(project.add(draft("T-5"))), ["task_added"]);
  });

  test("is asked nothing new, and closes nothing, while its turn is being ended", () => {
    const project = asking();
    later(project, 10 * minute);
    project.say("T-1", { type: "asked", ask: { ...question, id: "s1/2", says: "And now?" } });
    project.say("T-1", { type: "ask_closed", agentAsk: "s1/1", why: "its turn is over" });
    assert.deepEqual([...project.state.asks.keys()], ["Q-1"]);
  });
});

describe("a task that is parked", () => {
  test("waits for a person with its question, costs no attempt, and its slot takes the next", () => {
    const project = parked();
    assert.deepEqual([project.stateOf("T-1"), project.stateOf("T-2")], ["needs_human", "running"]);
    const item = project.state.inbox.get("ask:Q-1");
    assert.match(
      item?.says ?? "",
      /^Q-1, T-1, whose agent does other work meanwhile: Which colour/,
    );
    assert.match(item?.next ?? "", /^temoin answer Q-1 1; temoin show T-1/);
    assert.match(
      says(project, "T-1"),
      /Q-1 is yours to answer(.|\n)*it waits for your answer to Q-1/,
    );
    project.end("T-2", "verified");
    project.land("T-2");
    project.checkGoal(true);
    assert.equal(project.exitCode, 4);
  });

  test("is ready before all others with the answer, from its saved work, for its agent first", () => {
    const project = parked();
    project.add(draft("T-3", { priority: "urgent" }));
    const answered = answer(project);
    assert.deepEqual(typesOf(answered), [
      "answered",
      "inbox_cleared",
      "told",
      "ask_closed",
      "task_queued",
    ]);
    project.end("T-2", "verified");
    assert.equal(project.holder("T-1"), "claude");
    const attempt = project.task("T-1").attempts.at(-1);
    assert.deepEqual(attempt?.base, {
      from: "attempt",
      attempt: 1,
      commit: sha(5),
      because: "handed_off",
    });
    const order = orderFor(project.state, { kind: "attempt", task: id("T-1"), attempt: 2 }, "");
    assert(order?.kind === "attempt");
    assert.deepEqual(
      order.tells.map(({ text }) => text),
      ["An earlier attempt asked: “Which colour?” The answer is: Blue"],
    );
    project.say("T-1", { type: "tell_delivered", id: "answer/Q-1" });
    // Whoever goes on after that attempt is told it too.
    project.end("T-1", "crashed");
    project.now += minute;
    project.end("T-3", "verified");
    const next = orderFor(project.state, { kind: "attempt", task: id("T-1"), attempt: 3 }, "");
    assert(next?.kind === "attempt", project.stateOf("T-1"));
    assert.equal(next.tells.length, 1);
    for (let n = 0; n < 2; n += 1) {
      assert.equal(project.stateOf("T-1"), "running");
      project.end("T-1", "gate_failed");
    }
    // One attempt was parked, and the three others count.
    assert.deepEqual([project.stateOf("T-1"), project.task("T-1").attempts.length], ["failed", 4]);
  });

  test("with two questions goes on with the second answer", () => {
    const project = asking();
    project.say("T-1", { type: "asked", ask: { ...question, id: "s1/2", says: "Which size?" } });
    parked(project);
    answer(project);
    assert.equal(project.stateOf("T-1"), "needs_human");
    answer(project, "Q-2", "Red");
    assert.equal(project.stateOf("T-1"), "queued");
    assert.equal(project.task("T-1").tells.length, 2);
    assert.equal(project.state.inbox.size, 0);
  });

  test("answered while its attempt is being ended goes on at once with the answer", () => {
    const project = asking();
    later(project, 10 * minute);
    answer(project);
    assert.equal(directives(project.state).filter((one) => one.kind === "answer").length, 0);
    project.end("T-1", "handed_off");
    assert.equal(project.holder("T-1"), "claude");
    assert.equal(project.task("T-1").tells.length, 1);
  });

  test("is parked also when temoin is killed while its attempt is being ended", () => {
    const project = asking();
    later(project, 10 * minute);
    project.control({ type: "run_ended", exitCode: 137, why: "killed" });
    project.lose("T-1", true);
    assert.equal(project.stateOf("T-1"), "needs_human");
    answer(project);
    assert.equal(project.stateOf("T-1"), "queued");
    project.control(runStarted({ claude: [] }));
    assert.equal(project.holder("T-1"), "claude");
  });

  test("is parked also when its session has outlived temoin and asks again", () => {
    const project = asking();
    later(project, 10 * minute);
    project.control({ type: "run_ended", exitCode: 137, why: "killed" });
    project.control(runStarted({ claude: [] }));
    project.say("T-1", { type: "asked", ask: { ...question, id: "s2/1" } });
    project.end("T-1", "handed_off");
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.deepEqual([...project.state.asks.keys()], ["Q-1"]);
  });

  test("whose work turned out green as it was being ended lands, and asks nothing any more", () => {
    const project = asking();
    later(project, 10 * minute);
    project.end("T-1", "verified");
    assert.equal(project.stateOf("T-1"), "landing");
    assert.equal(project.state.asks.size, 0);
  });

  test("is the same after a snapshot", () => {
    const project = parked();
    const kept = readState(writeState(project.state));
    assert.deepEqual([...kept.asks.entries()], [...project.state.asks.entries()]);
    const task = kept.tasks.get(id("T-1"));
    assert(task?.state === "needs_human" && task.parked === true);
  });

  const exits: readonly (readonly [PersonInput, string])[] = [
    [{ type: "cancel", id: id("T-1") }, "cancelled"],
    [{ type: "skip", id: id("T-1") }, "skipped"],
    [{ type: "retry", id: id("T-1") }, "queued"],
    [{ type: "assign", id: id("T-1"), agent: agent("claude") }, "queued"],
    [{ type: "tell", id: id("T-1"), tellId: "t", text: "Take blue" }, "queued"],
  ];
  for (const [input, state] of exits) {
    test(`is left by ${input.type}, and its question with it`, () => {
      const project = parked();
      project.ask(input);
      assert.equal(project.stateOf("T-1"), state);
      assert.deepEqual([project.state.asks.size, project.state.inbox.size], [0, 0]);
    });
  }
});

test("who asks by a tool goes on meanwhile, and is not parked", () => {
  const project = asking({ isTool: true });
  assert.deepEqual(later(project, 60 * minute), []);
  assert.equal(parking(project), null);
  assert.equal(endOf(project), undefined);
});

for (const outcome of ["verified", "no_change", "blocked"] as const) {
  test(`a question by a tool keeps the task from landing when its turn ends ${outcome}`, () => {
    const project = asking({ isTool: true });
    const head = outcome === "verified" ? sha(5) : null;
    project.end("T-1", outcome, { work: work({ head, saved: head }) });
    assert.equal(project.task("T-1").state, "needs_human");
    assert.match(says(project, "T-1"), /it waits for your answer to Q-1/);
    assert.deepEqual([...project.state.asks.keys()], ["Q-1"]);
    assert.equal(project.state.inbox.has("ask:Q-1"), true);
    answer(project);
    assert.equal(project.state.asks.size, 0);
    assert.match(project.task("T-1").tells.at(-1)?.text ?? "", /The answer is: Blue/);
    assert.notEqual(project.task("T-1").state, "needs_human");
  });
}

test("an answer that the agent had not taken when its attempt ended is told to the next one", () => {
  const project = asking();
  answer(project);
  project.end("T-1", "crashed");
  assert.deepEqual(
    project.task("T-1").tells.map(({ text }) => text),
    ["An earlier attempt asked: “Which colour?” The answer is: Blue"],
  );
});

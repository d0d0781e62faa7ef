import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentAsk, Answer } from "../../../src/domain/ask.ts";
import { directives } from "../../../src/domain/directive.ts";
import { orderFor } from "../../../src/domain/orders.ts";
import type { TaskSpec } from "../../../src/domain/task.ts";
import { shownSlots } from "../../../src/domain/view-agent.ts";
import { why } from "../../../src/domain/why.ts";
import { id } from "../../task-spec.ts";
import { draft, Project, runStarted, typesOf } from "./project.ts";

const permission: AgentAsk = {
  id: "s1/1",
  kind: "permission",
  says: "Do you want to run `rm -rf build`?",
  choices: ["Yes", "No"],
  takesText: false,
};
const question: AgentAsk = { ...permission, id: "s1/2", kind: "question", takesText: true };

function atWork(parts: Partial<TaskSpec> = {}): Project {
  const project = new Project();
  project.run({ claude: [] });
  project.add(draft("T-1", parts));
  project.say("T-1", { type: "attempt_moved", phase: "working", evidence: [] });
  return project;
}

function answersOf(project: Project) {
  return directives(project.state).filter((one) => one.kind === "answer");
}

function answer(project: Project, ask: string, given: Answer) {
  return project.ask({ type: "answer", ask, answer: given });
}

describe("an ask", () => {
  test("goes to the inbox with its choices, once however often it is told", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: permission });
    assert.deepEqual(typesOf(project.say("T-1", { type: "asked", ask: permission })), []);
    const [item] = [...project.state.inbox.values()];
    assert.equal(project.state.inbox.size, 1);
    assert.equal(item?.key, "ask:Q-1");
    assert.match(item.says, /Q-1, claude-1 on T-1: Do you want .* \[1 Yes · 2 No\]/);
    assert.match(item.next, /temoin answer Q-1 1/);
  });

  test("with neither choices nor a place for words sends a person to its keys", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: { ...permission, choices: [] } });
    project.say("T-1", { type: "asked", ask: { ...question, choices: [] } });
    const next = [...project.state.inbox.values()].map((item) => item.next);
    assert.match(next[0] ?? "", /^temoin attach claude-1 --write$/);
    assert.match(next[1] ?? "", /^temoin answer Q-2 --text/);
  });

  test("answered by a person leaves the inbox and becomes a directive, until it is closed", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: permission });
    answer(project, "Q-1", { choice: "No" });
    assert.equal(project.state.inbox.size, 0);
    const [directive] = answersOf(project);
    assert.deepEqual(directive, {
      task: "T-1",
      attempt: 1,
      id: "T-1/1/answer/Q-1/1",
      kind: "answer",
      agentAsk: "s1/1",
      answer: { choice: "No" },
    });
    project.say("T-1", { type: "ask_closed", agentAsk: "s1/1", why: "answered" });
    assert.deepEqual(answersOf(project), []);
    assert.equal(project.state.asks.size, 0);
  });

  test("that its brief answers goes to nobody, and why tells by which line", () => {
    const project = atWork({ answers: ["colour: blue"] });
    const asked = { ...question, says: "Which colour?", choices: ["Red", "Blue"] };
    project.say("T-1", { type: "asked", ask: asked });
    assert.equal(project.state.inbox.size, 0);
    assert.deepEqual(answersOf(project)[0]?.answer, { choice: "Blue" });
    const told = why(project.state, "T-1", project.now)?.because.map((one) => one.says);
    const says = "Q-1, “Which colour?”: answered “Blue”, its brief says “colour: blue”";
    assert(told?.includes(says), told?.join());
    project.say("T-1", { type: "answer_refused", agentAsk: "s1/2", why: "it takes none" });
    assert.match(project.state.inbox.get("ask:Q-1")?.says ?? "", /its answer was not taken/);
  });

  test("that its brief does not quite answer is a person's, and why tells what came near", () => {
    const project = atWork({ answers: ["colour: blue"] });
    project.say("T-1", { type: "asked", ask: { ...question, says: "Which colour not?" } });
    assert.deepEqual([...project.state.inbox.keys()], ["ask:Q-1"]);
    const told = why(project.state, "T-1", project.now)?.because.map((one) => one.says);
    assert.match(told?.join() ?? "", /Q-1 is yours to answer: .*“colour: blue” does not answer it/);
  });

  test("of a permission is never answered by the brief", () => {
    const project = atWork({ answers: ["Do you want to run rm -rf build? Yes"] });
    project.say("T-1", { type: "asked", ask: permission });
    assert.deepEqual([...project.state.inbox.keys()], ["ask:Q-1"]);
  });

  test("that a rule has decided is told by why", () => {
    const project = atWork();
    const says = "May it run `git push`?";
    const ruled = { says, isAllowed: false, why: "denied by policy.deny, command: git push*" };
    project.say("T-1", { type: "ask_ruled", ...ruled });
    const told = why(project.state, "T-1", project.now)?.because.map((one) => one.says);
    assert(told?.includes(`“${says}”: ${ruled.why}`), told?.join());
  });

  test("whose answer the agent did not take is open again, and a second answer is a new directive", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: permission });
    answer(project, "Q-1", { choice: "No" });
    project.say("T-1", { type: "answer_refused", agentAsk: "s1/1", why: "the dialog changed" });
    assert.match([...project.state.inbox.values()][0]?.says ?? "", /not taken: the dialog changed/);
    assert.deepEqual(answersOf(project), []);
    answer(project, "Q-1", { choice: "Yes" });
    assert.equal(answersOf(project)[0]?.id, "T-1/1/answer/Q-1/2");
  });

  test("that the person at the terminal has answered leaves the inbox by itself", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: permission });
    project.say("T-1", { type: "ask_closed", agentAsk: "s1/1", why: "it is gone" });
    assert.equal(project.state.inbox.size, 0);
  });

  test("ends with its attempt, however that ends", () => {
    for (const end of ["crashed", "lost"] as const) {
      const project = atWork();
      project.say("T-1", { type: "asked", ask: permission });
      project.say("T-1", { type: "asked", ask: question });
      if (end === "lost") project.lose("T-1");
      else project.end("T-1", end);
      assert.equal(project.state.asks.size, 0);
      assert.deepEqual([...project.state.inbox.keys()], []);
    }
  });

  test("numbers are not used twice", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: permission });
    project.say("T-1", { type: "ask_closed", agentAsk: "s1/1", why: "gone" });
    project.say("T-1", { type: "asked", ask: question });
    assert.deepEqual([...project.state.asks.keys()], ["Q-2"]);
  });

  test("refuses what is no answer to it, and says what would be", () => {
    const project = atWork();
    project.say("T-1", { type: "asked", ask: permission });
    const refused = (ask: string, given: Answer) =>
      project.refused({ type: "answer", ask, answer: given });
    assert.match(refused("Q-9", { choice: "Yes" }).refused, /Nothing is asked under Q-9/);
    assert.match(refused("Q-1", { choice: "Maybe" }).hint, /1 Yes · 2 No/);
    assert.match(refused("Q-1", { text: "go" }).refused, /takes no words/);
    answer(project, "Q-1", { choice: "Yes" });
    assert.match(refused("Q-1", { choice: "No" }).refused, /has an answer/);
    project.say("T-1", { type: "asked", ask: question });
    assert.match(refused("Q-2", { text: " " }).refused, /nothing to answer/);
  });
});

describe("a question that is reported as an obstacle", () => {
  function blocked(project: Project, text: string): void {
    const report = { kind: "blocked", at: project.now, text, files: [], tests: null } as const;
    project.say("T-1", { type: "reported", report });
    project.end("T-1", "blocked");
  }

  test("is answered by the brief: the task goes on at once, and each line answers once", () => {
    const project = atWork({ answers: ["colour: blue"] });
    blocked(project, "Which colour\nshall it have?");
    assert.equal(project.holder("T-1"), "claude");
    assert.equal(project.state.inbox.size, 0);
    const order = orderFor(project.state, { kind: "attempt", task: id("T-1"), attempt: 2 }, "");
    assert(order?.kind === "attempt");
    assert.match(order.tells[0]?.text ?? "", /Which colour\nshall it have\?” The answer is: blue$/);
    blocked(project, "Which colour now?");
    assert.equal(project.stateOf("T-1"), "needs_human");
    assert.match(
      project.state.inbox.get("blocked:T-1")?.says ?? "",
      /“colour: blue”, and it was told/,
    );
  });

  test("is none without a question mark, whatever words it has", () => {
    const project = atWork({ answers: ["colour: blue"] });
    blocked(project, "The file of the colour cannot be read.");
    assert.equal(project.state.inbox.get("blocked:T-1")?.says, "T-1: it was blocked");
  });

  test("is a person's where the brief does not quite answer it, and says what came near", () => {
    const project = atWork({ answers: ["colour: blue"] });
    blocked(project, "Which colour should I avoid?");
    assert.match(project.state.inbox.get("blocked:T-1")?.says ?? "", /\(.*asks with “avoid”\)$/);
  });
});

describe("what is seen of an agent", () => {
  const because = [{ at: 1, source: "screen", says: "a dialog on row 3" }] as const;

  test("is its shown state, with the reason, and answers why", () => {
    const project = atWork();
    project.say("T-1", { type: "agent_seen", state: "asking", because });
    const [slot] = shownSlots(project.state);
    assert.deepEqual(
      [slot?.state, slot?.why, slot?.phase],
      ["asking", "a dialog on row 3", "asking"],
    );
    const told = why(project.state, "claude", project.now)?.because.map((one) => one.says);
    assert(told?.includes("asking: a dialog on row 3"));
  });

  test("another reason for the same state makes it no younger", () => {
    const project = atWork();
    project.say("T-1", { type: "agent_seen", state: "working", because });
    project.now += 5_000;
    const title = [{ at: 2, source: "title", says: "a spinner" }] as const;
    project.say("T-1", { type: "agent_seen", state: "working", because: [...title, ...because] });
    const [slot] = shownSlots(project.state);
    assert.deepEqual([slot?.since, slot?.why], [project.now - 5_000, "a spinner"]);
  });

  test("unknown is shown as unknown and changes no phase", () => {
    const project = atWork();
    project.say("T-1", { type: "agent_seen", state: "unknown", because: [] });
    const [slot] = shownSlots(project.state);
    assert.deepEqual([slot?.state, slot?.phase], ["unknown", "working"]);
  });

  test("while its work is verified it counts as working, whatever its screen shows", () => {
    const project = atWork();
    project.say("T-1", { type: "attempt_moved", phase: "verifying", evidence: [] });
    project.say("T-1", { type: "agent_seen", state: "idle", because });
    assert.equal(shownSlots(project.state)[0]?.state, "working");
  });

  test("a person at its keys is shown", () => {
    const project = atWork();
    project.say("T-1", { type: "agent_held", byPerson: true });
    assert.equal(shownSlots(project.state)[0]?.held, true);
    project.say("T-1", { type: "agent_held", byPerson: false });
    assert.equal(shownSlots(project.state)[0]?.held, false);
  });
});

describe("an attempt whose session has outlived its temoin", () => {
  test("goes on in the next run on its slot, under a new offer; nobody else gets the slot", () => {
    const project = atWork();
    project.add(draft("T-2"));
    project.say("T-1", { type: "feedback_given", round: 1, says: "red" });
    project.say("T-1", { type: "asked", ask: permission });
    project.control({ type: "run_ended", exitCode: 137, why: "temoin was killed" });
    const begun = project.control(runStarted({ claude: [] }));
    assert(typesOf(begun).includes("attempt_resumed"));
    assert.deepEqual(begun.retract, [{ queue: "claude-1", id: "T-1/1" }]);
    assert.deepEqual(
      begun.offers.map(({ queue, id: offer }) => [queue, offer]),
      [["claude-1", "T-1/1/again/1"]],
    );
    assert.equal(project.stateOf("T-2"), "queued");
    assert.equal(project.state.asks.size, 0);
    const order = orderFor(project.state, { kind: "attempt", task: id("T-1"), attempt: 1 }, "");
    assert(order?.kind === "attempt");
    assert.deepEqual([order.isResumed, order.rounds, order.attempt], [true, 1, 1]);
  });

  test("is lost in the end like any other, and its latest offer is taken back", () => {
    const project = atWork();
    project.control({ type: "run_ended", exitCode: 137, why: "temoin was killed" });
    project.control(runStarted({ claude: [] }));
    const lost = project.lose("T-1", true);
    assert.deepEqual(lost.retract, [{ queue: "claude-1", id: "T-1/1/again/1" }]);
    assert.notEqual(project.stateOf("T-1"), "failed");
  });
});

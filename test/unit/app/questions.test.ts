import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Answerer, answerQuestion, answerReport } from "../../../src/app/questions.ts";
import type { TokenHolder } from "../../../src/app/tokens.ts";
import { directives } from "../../../src/domain/directive.ts";
import { slotId } from "../../../src/domain/id.ts";
import { AppError } from "../../../src/lib/app-error.ts";
import { createMask } from "../../../src/lib/mask.ts";
import type { OwnTask } from "../../../src/operations/context.ts";
import { openControl } from "../control/stage.ts";
import { usual } from "../domain/conductor-project.ts";
import { agent, draft } from "../domain/project.ts";

const holders: Readonly<Record<string, TokenHolder>> = {
  "of a worker": { role: "worker", slot: slotId(agent("ada"), 1) },
  "of a conductor": { role: "conductor", term: 1 },
  "of an observer": { role: "observer" },
};

async function openAnswerer() {
  const stage = await openControl();
  await stage.begin({ ada: [] }, { conductor: { ...usual, order: [agent("ada")] } });
  const stops: string[] = [];
  const parts: Answerer = {
    control: stage.control,
    tokens: { holderOf: (token) => holders[token] ?? null },
    mask: createMask([]),
    text: async () => "Make it so.\n",
    stop: async (how) => {
      stops.push(how);
    },
  };
  return {
    stage,
    stops,
    parts,
    ask: (question: object) => answerQuestion(parts, question),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => assert.fail("it was answered"),
    (why: unknown) => why,
  );
  assert(error instanceof AppError, String(error));
  return `${error.code}: ${error.message}`;
}

/** The conductor of term 1 holds its role. */
async function appoint(stage: Awaited<ReturnType<typeof openControl>>): Promise<void> {
  await stage.control.ask({ type: "move_role", to: null });
  await stage.control.askIn(1, { type: "acknowledge" });
}

const add = { type: "add", tasks: [draft("T-1")] };

describe("whoever asks with a token", () => {
  it("has the rights of its role: a conductor adds and cancels, no other agent does", async () => {
    await using here = await openAnswerer();
    for (const token of ["of a worker", "of an observer"]) {
      const refused = refusalOf(here.ask({ verb: "ask", token, input: add }));
      assert.match(await refused, /^refused: An? (worker|observer) cannot add/);
    }
    await appoint(here.stage);
    await here.ask({ verb: "ask", token: "of a conductor", input: add });
    const cancel = { type: "cancel", id: "T-1" };
    await here.ask({ verb: "ask", token: "of a conductor", input: cancel });
    const asked = here.stage.events.filter(({ type }) => type === "ending_asked");
    assert.equal(asked.length, 1, "it was handed out already");
    const skip = { verb: "ask", token: "of a conductor", input: { type: "skip", id: "T-1" } };
    assert.match(await refusalOf(here.ask(skip)), /A conductor cannot skip/);
  });

  it("brings nothing into the log that no verb would have made", async () => {
    await using here = await openAnswerer();
    await appoint(here.stage);
    await here.stage.add("T-1", "T-2");
    const { control } = here.stage;
    const before = control.state.seq;
    const { spec } = draft("A-1");
    const adds = (parts: object) => ({
      type: "add",
      tasks: [{ spec: { ...spec, ...parts }, start: "open" }],
    });
    const done = { spec, start: "imported" };
    for (const input of [
      { type: "add" },
      { type: "add", tasks: [done] },
      { type: "add", tasks: [{ start: "open" }] },
      ...[
        { id: "../../escaped" },
        { id: "__proto__" },
        { title: { of: "no words" } },
        { touches: null },
        { priority: "toString" },
        { deps: "T-2" },
        { verify: { length: 0, 0: "id" } },
        { mends: "it" },
        { splitFrom: "T-1" },
        { written: {} },
      ].map(adds),
      { type: "split", id: "T-2", into: [done, { ...done, spec: { ...spec, id: "A-2" } }] },
      { type: "split", id: "T-2" },
      { type: "edit", id: "T-2", changes: { id: "T-1" } },
      { type: "edit", id: "T-2", changes: { title: null } },
      { type: "edit", id: "T-2" },
      { type: "answer", ask: "Q-1" },
      { type: "cancel" },
      { type: "tell", id: "T-2", text: "Blue" },
      { type: "tell", id: "T-2", tellId: "answer/Q-1", text: "Blue" },
      { type: "decided", text: 7 },
      { type: "leave_words" },
    ]) {
      const refused = await refusalOf(here.ask({ verb: "ask", token: "of a conductor", input }));
      assert.match(refused, /^usage: This \w+ was not understood: /, JSON.stringify(input));
    }
    assert.equal(control.state.seq, before);
  });

  it("is told the field that makes no sense, a person too, and nothing is changed", async () => {
    await using here = await openAnswerer();
    await here.stage.add("T-1");
    const { control } = here.stage;
    const before = control.state.seq;
    const { spec } = draft("A-1");
    const tellId = "T-1/tell/1-1";
    const phase = { name: "one", tasks: ["T-1"], criteria: [] };
    const line = { key: "k", kind: "criterion", task: null, says: "a", next: "b" };
    const plan = { type: "import", file: "p.md", add: [], edit: [], phases: [], inbox: [] };
    const cases: readonly (readonly [string, Record<string, unknown>])[] = [
      ["id", { type: "skip", id: "../x" }],
      ["id", { type: "skip" }],
      ["id", { type: "land", id: null }],
      ["extra", { type: "land", id: "T-1", extra: 1 }],
      ["agent", { type: "assign", id: "T-1", agent: "a/b" }],
      ["agent", { type: "assign", id: "T-1" }],
      ["to", { type: "hand_off", id: "T-1", to: 7 }],
      ["to", { type: "move_role" }],
      ["tellId", { type: "reject", id: "T-1", tellId: "x", text: "no" }],
      ["text", { type: "reject", id: "T-1", tellId, text: { of: "words" } }],
      ["reason", { type: "revert", id: "T-1", reason: null }],
      ["id", { type: "pause" }],
      ["id", { type: "resume", id: ["T-1"] }],
      ["key", { type: "clear_inbox", key: {} }],
      ["file", { ...plan, file: [] }],
      ["add", { ...plan, add: { length: 1 } }],
      ["add.0.start", { ...plan, add: [{ spec, start: "done" }] }],
      ["add.0.spec.title", { ...plan, add: [{ spec: { ...spec, title: 7 }, start: "open" }] }],
      ["mends", { ...plan, add: [{ spec: { ...spec, mends: "it" }, start: "imported" }] }],
      ["edit.0.changes", { ...plan, edit: [{ id: "T-1", changes: { id: "T-2" } }] }],
      ["phases.0.tasks.0", { ...plan, phases: [{ ...phase, tasks: ["a b"] }] }],
      ["inbox.0.kind", { ...plan, inbox: [{ ...line, kind: "disk" }] }],
      ["inbox.0.task", { ...plan, inbox: [{ ...line, task: "T-1" }] }],
      ["input.type", { type: "toString" }],
      ["input.type", {}],
    ];
    for (const [field, input] of cases) {
      const says = await refusalOf(here.ask({ verb: "ask", token: null, input }));
      assert.match(says, /^usage: (?:This \w+|The question) was not understood: /);
      assert.ok(says.includes(field), `${JSON.stringify(input)}: ${says}`);
      assert.ok(says.length < 400, says);
    }
    for (const [field, question] of [
      ["verb", { verb: "constructor" }],
      ["verb", null],
      ["how", { verb: "stop", token: null, how: "hard" }],
      ["report.files", { verb: "report", token: "of a worker", report: { files: 1 } }],
    ] as const) {
      const says = await refusalOf(answerQuestion(here.parts, question));
      assert.ok(field === "verb" || says.includes(field), says);
    }
    assert.equal(control.state.seq, before);
    await here.ask({
      verb: "ask",
      token: null,
      input: { ...plan, phases: [phase], inbox: [line] },
    });
    await here.ask({ verb: "ask", token: null, input: { type: "skip", id: "T-1" } });
    assert.ok(control.state.seq > before, "what makes sense is heard after it all");
  });

  it("stops temoin only without one", async () => {
    await using here = await openAnswerer();
    for (const token of Object.keys(holders)) {
      const stop = { verb: "stop", token, how: "now" };
      assert.match(await refusalOf(here.ask(stop)), /cannot stop temoin/);
    }
    await here.ask({ verb: "stop", token: null, how: "drain" });
    assert.deepEqual(here.stops, ["drain"]);
  });

  it("speaks for nobody when the token is not known", async () => {
    await using here = await openAnswerer();
    const questions = [
      { verb: "ask", token: "guessed", input: add },
      { verb: "role", token: "guessed" },
      { verb: "own_task", token: "guessed" },
      { verb: "stop", token: "guessed", how: "now" },
    ];
    for (const question of questions) {
      assert.match(await refusalOf(here.ask(question)), /^refused: This token is nobody's/);
    }
    assert.equal(await here.ask({ verb: "role", token: "of a conductor" }), "conductor");
  });

  it("is told its own task while it has one", async () => {
    await using here = await openAnswerer();
    const question = { verb: "own_task", token: "of a worker" };
    assert.match(await refusalOf(here.ask(question)), /^not_found: You have no task now/);
    await here.stage.add("T-7");
    await here.stage.claim();
    const own = (await here.ask(question)) as OwnTask;
    assert.deepEqual([own.id, own.attempt, own.brief.raw], ["T-7", 1, "Make it so.\n"]);
    const other = { verb: "own_task", token: "of an observer" };
    assert.match(await refusalOf(here.ask(other)), /An observer cannot have a task/);
  });
});

describe("an agent that asks by a tool", () => {
  const question = { verb: "question", token: "of a worker", says: "Which\ncolour?" };

  it("is told to wait when it asks without end, until one of its questions is answered", async () => {
    await using here = await openAnswerer();
    await here.stage.add("T-7");
    await here.stage.claim();
    for (let n = 1; n <= 10; n += 1) await here.ask({ ...question, choices: [] });
    const more = await refusalOf(here.ask({ ...question, choices: [] }));
    assert.match(more, /^refused: You have asked 10 questions .*: Q-1, .* and 5 more\.$/);
    const { control } = here.stage;
    await control.ask({ type: "answer", ask: "Q-1", answer: { text: "red" } });
    assert.deepEqual(await here.ask({ ...question, choices: [] }), { ask: "Q-11", answer: null });
  });

  it("gets its answer as words, and its question is closed", async () => {
    await using here = await openAnswerer();
    await here.stage.add("T-7");
    await here.stage.claim();
    const asked = await here.ask({ ...question, choices: ["red", "blue"] });
    assert.deepEqual(asked, { ask: "Q-1", answer: null });
    const { control } = here.stage;
    const open = control.state.asks.get("Q-1");
    assert.deepEqual(open?.ask.choices, ["red", "blue"]);
    assert.doesNotMatch(open?.ask.says ?? "\n", /\n/);
    const answer = { type: "answer", ask: "Q-1", answer: { choice: "blue" } };
    await here.ask({ verb: "ask", token: null, input: answer });
    assert.deepEqual([control.state.asks.size, control.state.inbox.size], [0, 0]);
    const [tell] = [...control.state.tasks.values()][0]?.tells ?? [];
    assert.match(tell?.text ?? "", /^You asked: “Which colour\?” The answer is: .*blue/);
    assert.deepEqual(
      directives(control.state).map(({ kind }) => kind),
      ["tell"],
    );
  });

  it("is answered at once by the brief of its task", async () => {
    await using here = await openAnswerer();
    const input = { type: "add", tasks: [draft("T-7", { answers: ["colour: green"] })] };
    await here.ask({ verb: "ask", token: null, input });
    await here.stage.claim();
    const asked = await here.ask({ ...question, choices: [] });
    assert.deepEqual(asked, { ask: "Q-1", answer: "green" });
    const { asks, inbox } = here.stage.control.state;
    assert.deepEqual([asks.size, inbox.size], [0, 0]);
  });

  it("asks nobody without a task, and no other role asks", async () => {
    await using here = await openAnswerer();
    const asked = { ...question, choices: [] };
    assert.match(await refusalOf(here.ask(asked)), /^refused: You have no task at work now/);
    const other = { ...asked, token: "of an observer" };
    assert.match(await refusalOf(here.ask(other)), /An observer cannot ask a person/);
  });
});

describe("whoever asks out of a sandbox", () => {
  it("is heard about its own affairs alone, whatever role it claims", async () => {
    await using here = await openAnswerer();
    const hear = (question: object) => answerReport(here.parts, question);
    assert.equal(await hear({ verb: "role", token: "of a worker" }), "worker");
    for (const token of [null, ...Object.keys(holders)]) {
      for (const question of [
        { verb: "ask", token, input: add },
        { verb: "stop", token, how: "now" },
        { verb: "refresh" },
      ]) {
        assert.match(await refusalOf(hear(question)), /Here only reports are heard/);
      }
    }
  });
});

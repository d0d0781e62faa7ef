/** What the driver `acp` does beyond the contract: asks, limits, failures, usage, tasks one after the other. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AcpDriverOptions } from "../../src/agents/acp/acp-driver.ts";
import type { Prompt, Session } from "../../src/agents/driver.ts";
import type { AgentSpec, Autonomy } from "../../src/domain/agent.ts";
import { AppError } from "../../src/lib/app-error.ts";
import { type Clock, systemClock } from "../../src/lib/clock.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { readRecord } from "../fake-agent/tui/record.ts";
import { fakeAcpAgent, makeAcpDriver } from "./driver-acp.ts";
import { endOf, openStage, readTurn, readUntil, type Stage } from "./driver-stage.ts";

type Script = Readonly<Record<string, unknown>>;

/** An hour in two minutes, for waits that are long. */
const hastyClock: Clock = {
  now: () => systemClock.now() * 30,
  until: (instant, signal) => systemClock.until(instant / 30, signal),
};

async function open(
  script: Script,
  autonomy: Autonomy = "ask",
  more: Partial<AcpDriverOptions> = {},
) {
  const stage = await openStage();
  const root = `${stage.directory}/root`;
  const { driver } = stage.use(await makeAcpDriver(root, more));
  const agent = await fakeAcpAgent(root, { script, autonomy });
  return { stage, root, driver, agent };
}

async function begin(script: Script, autonomy: Autonomy = "ask") {
  const opened = await open(script, autonomy);
  const session = await opened.stage.start(opened.driver, opened.agent);
  return { ...opened, session };
}

async function turnOf(script: Script) {
  const { stage, session, root } = await begin(script);
  await using _ = stage;
  await session.send(await stage.prompt(1));
  const events = await readTurn(session);
  return { events, end: endOf(events), record: readRecord(`${root}/record.jsonl`) };
}

function answersOf(root: string) {
  return readRecord(`${root}/record.jsonl`).flatMap((line) =>
    line.type === "answer" ? line.choice : [],
  );
}

function modesOf(root: string) {
  return readRecord(`${root}/record.jsonl`).flatMap((line) =>
    line.type === "command" && line.text.startsWith("mode ") ? line.text.slice(5) : [],
  );
}

async function nextAsk(session: Session) {
  const events = await readUntil(session, (event) => event.type === "ask");
  const last = events.at(-1);
  assert(last?.type === "ask");
  return last.ask;
}

async function taskPrompt(stage: Stage, n: number): Promise<Prompt> {
  return { ...(await stage.prompt(n)), kind: "task" };
}

const run = { permission: { tool: "Bash", text: "rm -rf build" } };

describe("an agent of the protocol", { concurrency: 3 }, () => {
  test("asks a person for a permission, with its own options, and goes on with the answer", async () => {
    const { stage, session, root } = await begin({ "*": [run, { say: "Deleted" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = await nextAsk(session);
    assert.equal(ask.kind, "permission");
    assert.equal(ask.says, "May it run `rm -rf build`?");
    assert.deepEqual(ask.choices, ["Always allow Bash", "Allow", "Reject"]);
    const unknown = await session.answer?.(ask.id, { choice: "Perhaps" });
    assert(unknown?.accepted === false);
    assert.match(unknown.why, /does not offer "Perhaps"/);
    assert.equal((await session.answer?.(ask.id, { choice: "Allow" }))?.accepted, true);
    const events = await readTurn(session);
    assert(events.some((event) => event.type === "ask_closed" && event.askId === ask.id));
    assert.equal(endOf(events).says, "Deleted");
    assert.deepEqual(answersOf(root), ["Allow"]);
  });

  test("is answered without a person as far as its autonomy goes, once and never for always", async () => {
    const workspaceEdit = { permission: { tool: "Write", text: "a.txt" } };
    const script = { "*": [workspaceEdit, run, { say: "Done" }] };
    const full = await begin(script, "full");
    {
      await using _ = full.stage;
      await full.session.send(await full.stage.prompt(1));
      const events = await readTurn(full.session);
      assert(!events.some((event) => event.type === "ask"));
      assert.equal(endOf(events).says, "Done");
      assert.deepEqual(answersOf(full.root), ["Allow", "Allow"]);
    }
    const edits = await begin(script, "edits");
    await using _ = edits.stage;
    await edits.session.send(await edits.stage.prompt(1));
    const ask = await nextAsk(edits.session);
    assert.equal(ask.says, "May it run `rm -rf build`?");
    await edits.session.answer?.(ask.id, { choice: "Reject" });
    await readTurn(edits.session);
    assert.deepEqual(answersOf(edits.root), ["Allow", "Reject"]);
  });

  test("asks for an edit outside of its workspace, whatever may be edited within", async () => {
    const outside = { permission: { tool: "Write", text: "../elsewhere.txt" } };
    const { stage, session } = await begin({ "*": [outside] }, "edits");
    await using _ = stage;
    await session.send(await stage.prompt(1));
    assert.equal((await nextAsk(session)).kind, "permission");
    await session.interrupt();
  });

  test("is put into the mode that fits its autonomy, where it offers one", async () => {
    const modes = ["default", "autoEdit", "yolo", "plan"];
    for (const [autonomy, mode] of [
      ["full", ["yolo"]],
      ["edits", ["autoEdit"]],
      ["ask", []],
    ] as const) {
      const { stage, root, session } = await begin({ "*": [], manners: { modes } }, autonomy);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      await readTurn(session);
      assert.deepEqual(modesOf(root), mode);
    }
  });

  test("has a question answered by a choice, and by words of one's own", async () => {
    const question = { question: { text: "Which colour?", choices: ["Red", "Blue"] } };
    for (const [answer, given] of [
      [{ choice: "Blue" }, "Blue"],
      [{ text: "the colour of the sky" }, "the colour of the sky"],
    ] as const) {
      const { stage, session } = await begin({ "*": [question] }, "full");
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const ask = await nextAsk(session);
      assert.equal(ask.kind, "question");
      assert.equal(ask.says, "Which colour?");
      assert.deepEqual(ask.choices, ["Red", "Blue"]);
      assert.equal(ask.takesText, true);
      assert.equal((await session.answer?.(ask.id, answer))?.accepted, true);
      assert.equal(endOf(await readTurn(session)).says, `They said: ${given}`);
    }
  });

  test("is told of each open permission that it is cancelled when its turn is stopped", async () => {
    const { stage, session, root } = await begin({ "*/1/1": [run], "*/1/2": [{ say: "Here" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = await nextAsk(session);
    await session.interrupt();
    const events = await readTurn(session);
    assert.deepEqual(endOf(events).end, { result: "interrupted" });
    const late = await session.answer?.(ask.id, { choice: "Allow" });
    assert(late?.accepted === false);
    assert.deepEqual(answersOf(root), [null]);
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "Here");
  });

  test("leaves no command of a turn running that was stopped, and keeps what it had before", async () => {
    const { stage, session } = await begin({
      "*/1/1": [{ spawn_child: { ms: 600_000 } }],
      "*/1/2": [{ spawn_child: { ms: 600_000, detached: true } }, "hang"],
      "*/1/3": [{ say: "Here" }],
    });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    await readTurn(session);
    const before = findByEnvironment("TEMOIN_SLOT", stage.slot).map(({ pid }) => pid);
    assert.equal(before.length, 2);
    await session.send(await stage.prompt(2));
    await readUntil(session, (event) => event.type === "activity" && event.says === "Hanging");
    assert.equal(findByEnvironment("TEMOIN_SLOT", stage.slot).length, 3);
    await session.interrupt();
    const after = findByEnvironment("TEMOIN_SLOT", stage.slot).map(({ pid }) => pid);
    assert.deepEqual(after.toSorted(), before.toSorted());
    assert.deepEqual(endOf(await readTurn(session)).end, { result: "interrupted" });
    await session.send(await stage.prompt(3));
    assert.equal(endOf(await readTurn(session)).says, "Here");
  });

  test("is ended when it does not stop, and begun anew for the next prompt", async () => {
    const { stage, session, root } = await begin({
      "*/1/1": ["hang"],
      "*/1/2": [{ say: "Here" }],
      manners: { ignores_cancel: true },
    });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    await session.interrupt();
    assert.deepEqual(endOf(await readTurn(session)).end, { result: "interrupted" });
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "Here");
    assert.equal(sessionsOf(root), 2);
  });

  test("begins each task with an empty conversation in the same process", async () => {
    const { stage, session, root } = await begin({ "*": [{ say: "Here" }] });
    await using _ = stage;
    for (const n of [1, 2]) {
      await session.send(await taskPrompt(stage, n));
      const events = await readTurn(session);
      assert(!events.some((event) => event.type === "ended"));
    }
    assert.equal(sessionsOf(root), 2);
  });

  test("is started anew for a task where it begins no second conversation", async () => {
    const { stage, session, root } = await begin({
      "*": [{ say: "Here" }],
      manners: { one_session: true },
    });
    await using _ = stage;
    for (const n of [1, 2]) {
      assert.equal((await session.send(await taskPrompt(stage, n))).accepted, true);
      assert.deepEqual(endOf(await readTurn(session)).end, { result: "completed" });
    }
    assert.equal(sessionsOf(root), 2);
  });

  test("has its usage told: tokens of the turn, what the conversation holds, the cost of this turn", async () => {
    const usage = { used: 1_300, size: 200_000, input: 300, output: 34, cached: 1_000 };
    const { stage, session } = await begin({
      "*/1/1": [{ usage: { ...usage, cost: 0.25 } }],
      "*/1/2": [{ usage: { ...usage, cost: 0.75 } }],
    });
    await using _ = stage;
    const told = { inputTokens: 1_300, cachedTokens: 1_000, outputTokens: 34 };
    const context = { used: 1_300, size: 200_000, by: "the agent's usage update" };
    for (const [n, costUsd] of [
      [1, 0.25],
      [2, 0.5],
    ] as const) {
      await session.send(await stage.prompt(n));
      const events = await readTurn(session);
      const last = events.findLast((event) => event.type === "usage");
      assert(last?.type === "usage");
      assert.deepEqual(last.usage, { ...told, costUsd, context });
    }
  });

  test("ends a turn as failed for every stop that is none at its own end", async () => {
    for (const [reason, why] of [
      ["refusal", /refused/],
      ["max_tokens", /cut/],
      ["max_turn_requests", /steps/],
      ["cancelled", /cancelled its own turn/],
      ["of_a_later_version", /it stopped: of_a_later_version/],
    ] as const) {
      const { end } = await turnOf({ "*": [{ say: "Trying" }, { stop: reason }] });
      assert(end.end.result === "failed");
      assert.match(end.end.why, why);
      assert.equal(end.says, "Trying");
    }
  });

  test("fails a turn with the words of its error, and one that ends well by name alone", async () => {
    const error = await turnOf({ "*": [{ fail: "the model is on holiday" }] });
    assert.deepEqual(error.end.end, { result: "failed", why: "the model is on holiday" });
    const silent = await turnOf({
      "*": [{ fail_silently: '{"error":{"message":"Bad request"}}' }],
    });
    assert.deepEqual(silent.end.end, { result: "failed", why: "Bad request" });
  });

  test("tells a limit with its reset before the turn ends because of it", async () => {
    const { events, end } = await turnOf({ "*": [{ limit: "11:59 PM" }] });
    const told = events.find((event) => event.type === "limit");
    assert(told?.type === "limit");
    assert.equal(told.limit.kind, "usage");
    assert.equal(typeof told.limit.until, "number");
    assert(end.end.result === "failed");
    assert.match(end.end.why, /usage limit/);
  });

  test("is given by its file what it would carry out as a command", async () => {
    const { stage, session, root } = await begin({ "*": [{ say: "Here" }] });
    await using _ = stage;
    const prompt = await stage.prompt(1);
    await session.send({ ...prompt, text: "/clear everything\n" });
    await readTurn(session);
    const texts = readRecord(`${root}/record.jsonl`).flatMap((line) =>
      line.type === "prompt" ? line.text : [],
    );
    assert.deepEqual(texts, [`Read the file ${prompt.file} and do what it says.`]);
  });

  test("may print what is none of the protocol: it stands in the log", async () => {
    const { stage, session } = await begin({
      "*": [{ raw: 'a warning\n[1]\n{"jsonrpc":"2.0","id":999,"result":{}}\n' }, { say: "Here" }],
    });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    assert.equal(endOf(await readTurn(session)).says, "Here");
    assert.match(await stage.readFile("../logs/agent.log"), /a warning\n\[1\]\n.*999/s);
  });

  test("that reads nothing any more is ended, and begun anew for the next prompt", async () => {
    const script = { "*/1/1": [{ freeze: 20_000 }], "*/1/2": [{ say: "Here" }] };
    const { stage, session } = await begin(script);
    await using _ = stage;
    await session.send(await stage.prompt(1));
    await session.interrupt();
    assert.deepEqual(endOf(await readTurn(session)).end, { result: "interrupted" });
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "Here");
  });

  test("that answers no unknown method has its prompt all the same, by what it then does", async () => {
    const { stage, session } = await begin({
      "*": [{ say: "Here" }],
      manners: { ignores_unknown: true },
    });
    await using _ = stage;
    assert.equal((await session.send(await stage.prompt(1))).accepted, true);
    assert.deepEqual(endOf(await readTurn(session)).end, { result: "completed" });
  });
});

describe("an agent of the protocol that cannot be started", { concurrency: 3 }, () => {
  async function refusalOf(agent: AgentSpec, at: Awaited<ReturnType<typeof open>>) {
    await using stage = at.stage;
    const { signal } = new AbortController();
    const refused = await at.driver.start(stage.request(agent), signal).then(
      () => assert.fail("it was started"),
      (error: unknown) => error,
    );
    assert(refused instanceof AppError);
    return { says: refused.message, hint: refused.hint ?? "" };
  }

  test("because it is not there", async () => {
    const at = await open({ "*": [] });
    const agent = { ...at.agent, command: ["/nowhere/agent"] } as const;
    assert.match((await refusalOf(agent, at)).says, /was not found in the repository/);
  });

  test("because it is none of the protocol and ends at once, with its last words", async () => {
    const at = await open({ "*": [] });
    const agent = {
      ...at.agent,
      command: ["sh", "-c", "echo unknown option >&2; exit 64"],
    } as const;
    const { says, hint } = await refusalOf(agent, at);
    assert.equal(says, "Cannot start agent `fake`: it exited with 64: unknown option.");
    assert.match(hint, /has to speak the Agent Client Protocol/);
  });

  test("because it speaks another version", async () => {
    const at = await open({ "*": [], manners: { version: 2 } });
    const { says, hint } = await refusalOf(at.agent, at);
    assert.match(
      says,
      /speaks version 2 of the Agent Client Protocol, and temoin speaks version 1/,
    );
    assert.match(hint, /Install a version/);
  });

  test("because it is not logged in: it is told how, and nobody is logged in by temoin", async () => {
    const at = await open({ "*": [], manners: { login: "Run `fake login` in a terminal" } });
    const { says, hint } = await refusalOf(at.agent, at);
    assert.equal(says, "Cannot start agent `fake`: it is not logged in.");
    assert.match(hint, /Log in \(Run `fake login` in a terminal\)/);
  });

  test("because it never answers, with the last that it has printed", async () => {
    const script = { "*": [], manners: { garbage: "Welcome!\n" } };
    const at = await open(script, "ask", { clock: hastyClock });
    const { says } = await refusalOf(at.agent, at);
    assert.match(says, /has not answered within 90 s; it printed: Welcome!\.$/);
  });

  test("because it never answers: it is ended when its start is called off", async () => {
    const at = await open({ "*": [], manners: { garbage: "Welcome!\n" } });
    await using stage = at.stage;
    const calledOff = new AbortController();
    const started = at.driver.start(stage.request(at.agent), calledOff.signal);
    calledOff.abort(new Error("called off"));
    await assert.rejects(started, /called off/);
  });
});

function sessionsOf(root: string): number {
  return readRecord(`${root}/record.jsonl`).filter(
    (line) => line.type === "command" && line.text === "session/new",
  ).length;
}

/** The driver `opencode` over the fake server, held to the contract, and what only it does. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { driverContract } from "./driver.ts";
import { makeHeadlessOpencode, makeTmuxOpencode, opencodeAgent } from "./driver-opencode.ts";
import { endOf, openStage, readTurn, readUntil, type Steps } from "./driver-stage.ts";

driverContract("opencode/headless", makeHeadlessOpencode);
driverContract("opencode/tmux", makeTmuxOpencode);

async function begin(turns: Readonly<Record<string, Steps>>, more: Partial<AgentSpec> = {}) {
  const stage = await openStage();
  const root = join(stage.directory, "root");
  const { driver } = stage.use(await makeHeadlessOpencode(root));
  const session = await stage.start(driver, await opencodeAgent(root, turns, more));
  return { stage, session };
}

function isAsk(event: AgentEvent): event is Extract<AgentEvent, { type: "ask" }> {
  return event.type === "ask";
}

const command = { permission: { tool: "Bash", text: "make release" } };

describe("opencode", () => {
  test("asks a person for what its autonomy does not cover, and takes the answer", async () => {
    const { stage, session } = await begin({ "*": [command] }, { autonomy: "edits" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).find(isAsk);
    assert.equal(ask?.ask.says, "May it run `make release`?");
    const receipt = await session.answer?.(ask?.ask.id ?? "", { choice: "Allow once" });
    assert.equal(receipt?.accepted, true);
    const events = await readTurn(session);
    assert.equal(endOf(events).says, "Allowed: Bash");
    const closed = events.find((event) => event.type === "ask_closed");
    assert.equal(closed?.says, "answered: Allow once");
  });

  test("gives words of a person as the reason of a no, and the turn goes on", async () => {
    const { stage, session } = await begin({ "*": [command] }, { autonomy: "ask" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).find(isAsk);
    await session.answer?.(ask?.ask.id ?? "", { text: "use make dist" });
    assert.equal(endOf(await readTurn(session)).says, "Refused: use make dist");
  });

  test("edits its own workspace without a person under `edits`", async () => {
    const stage = await openStage();
    await using _ = stage;
    const root = join(stage.directory, "root");
    const { driver } = stage.use(await makeHeadlessOpencode(root));
    const edit = { permission: { tool: "Write", text: join(stage.workspace, "a.ts") } };
    const agent = await opencodeAgent(root, { "*": [edit] }, { autonomy: "edits" });
    const session = await stage.start(driver, agent);
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    assert.deepEqual(events.filter(isAsk), []);
    assert.equal(endOf(events).says, "Allowed: Write");
  });

  test("has its questions answered by choice, or by words of one's own", async () => {
    for (const answer of [{ choice: "Blue" }, { text: "Green" }]) {
      const { stage, session } = await begin({ "*": [{ question: "Which colour?" }] });
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const ask = (await readUntil(session, isAsk)).find(isAsk);
      assert.deepEqual(ask?.ask.choices, ["Red", "Blue"]);
      const wrong = await session.answer?.(ask?.ask.id ?? "", { choice: "Pink" });
      assert.match(wrong?.accepted === false ? wrong.why : "", /does not offer "Pink"/);
      await session.answer?.(ask?.ask.id ?? "", answer);
      assert.match(endOf(await readTurn(session)).says, /^Answered: (Blue|Green)$/);
    }
  });

  test("closes what it asks with an interrupt of its turn", async () => {
    const { stage, session } = await begin({ "*": [command] }, { autonomy: "ask" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).find(isAsk);
    await session.interrupt();
    const events = await readTurn(session);
    assert(events.some((event) => event.type === "ask_closed"));
    assert.deepEqual(endOf(events).end, { result: "interrupted" });
    const late = await session.answer?.(ask?.ask.id ?? "", { choice: "Allow once" });
    assert.equal(late?.accepted, false);
  });

  test("counts of each turn what it has used itself", async () => {
    const uses = { "*/1/1": [{ use: { input: 70, output: 7 } }], "*": [{ use: { input: 30 } }] };
    const { stage, session } = await begin(uses);
    await using _ = stage;
    for (const [n, inputTokens] of [70, 30].entries()) {
      await session.send(await stage.prompt(n + 1));
      const events = await readTurn(session);
      const usage = events.find((event) => event.type === "usage");
      assert(usage?.type === "usage");
      assert.equal(usage.usage.inputTokens, inputTokens);
      assert.deepEqual(usage.usage.context, {
        used: inputTokens,
        size: 200_000,
        by: "opencode's steps",
      });
    }
  });

  test("is stopped at a limit, which it would wait for by itself, and takes the next prompt", async () => {
    const limited = { "*/1/1": [{ retrying: 2 }, { limit: "3am" }], "*": [{ say: "Here again" }] };
    const { stage, session } = await begin(limited);
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    const types = events.map((event) => event.type);
    assert(types.indexOf("retrying") > 0);
    assert(types.indexOf("limit") > types.indexOf("retrying"));
    const limit = events.find((event) => event.type === "limit");
    assert(limit?.type === "limit");
    assert.equal(limit.limit.kind, "usage");
    assert.equal(typeof limit.limit.until, "number");
    assert.equal(endOf(events).end.result, "failed");
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "Here again");
  });

  test("fails with the words of an error, and takes the next prompt at once", async () => {
    const { stage, session } = await begin({
      "*/1/1": [{ fail: "Invalid request" }],
      "*": [{ say: "Here again" }],
    });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const { end } = endOf(await readTurn(session));
    assert.deepEqual(end, { result: "failed", why: "Invalid request" });
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "Here again");
  });

  test("asks for what has happened while its stream of events was broken off", async () => {
    const steps: Steps = [
      { use: { input: 70 } },
      { say: "Heard" },
      "drop_events",
      { use: { input: 30 } },
      { say: "Unheard" },
    ];
    const { stage, session } = await begin({ "*/1/1": steps, "*": [{ say: "Here again" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    assert.deepEqual(endOf(events).end, { result: "completed" });
    assert.equal(endOf(events).says, "Unheard");
    const used = events.flatMap((event) => (event.type === "usage" ? event.usage.inputTokens : []));
    assert.equal(used.at(-1), 100);
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "Here again");
  });

  test("begins each task in a session of its own, in the same process", async () => {
    const { stage, session } = await begin({ "*/1": [{ say: "one" }], "*/2": [{ say: "two" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    assert.equal(endOf(await readTurn(session)).says, "one");
    const first = stage.processes();
    // The fake agent counts its attempts by how often its context was emptied.
    await session.send({ ...(await stage.prompt(2)), kind: "task" });
    assert.equal(endOf(await readTurn(session)).says, "two");
    assert.deepEqual(stage.processes(), first);
  });
});

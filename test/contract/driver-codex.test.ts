/** The driver `codex` over the fake app-server, held to the contract, and what only it does. */

import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import { ProjectServer } from "../../src/agents/tmux/project-server.ts";
import { findViews } from "../../src/agents/tmux/view-window.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { driverContract } from "./driver.ts";
import { codexAgent, makeHeadlessCodex, makeTmuxCodex } from "./driver-codex.ts";
import { endOf, openStage, readTurn, readUntil, type Steps } from "./driver-stage.ts";

driverContract("codex/headless", makeHeadlessCodex);
driverContract("codex/tmux", makeTmuxCodex);

async function begin(turns: Readonly<Record<string, Steps>>, more: Partial<AgentSpec> = {}) {
  const stage = await openStage();
  const root = join(stage.directory, "root");
  const { driver } = stage.use(await makeHeadlessCodex(root));
  const session = await stage.start(driver, await codexAgent(root, turns, more));
  return { stage, session };
}

function isAsk(event: AgentEvent): event is Extract<AgentEvent, { type: "ask" }> {
  return event.type === "ask";
}

const command = { permission: { tool: "Bash", text: "make release" } };

describe("codex", () => {
  test("asks a person for what its autonomy does not cover, and takes the answer", async () => {
    const { stage, session } = await begin({ "*": [command] }, { autonomy: "edits" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).find(isAsk);
    assert.equal(ask?.ask.says, "May it run `make release`?");
    const receipt = await session.answer?.(ask?.ask.id ?? "", { choice: "accept" });
    assert.equal(receipt?.accepted, true);
    const events = await readTurn(session);
    assert.equal(endOf(events).says, "Allowed: Bash");
    const closed = events.find((event) => event.type === "ask_closed");
    assert.equal(closed?.says, "answered: accept");
  });

  test("edits its own workspace without a person under `edits`", async () => {
    const stage = await openStage();
    await using _ = stage;
    const root = join(stage.directory, "root");
    const { driver } = stage.use(await makeHeadlessCodex(root));
    const edit = { permission: { tool: "Write", text: join(stage.workspace, "a.ts") } };
    const agent = await codexAgent(root, { "*": [edit] }, { autonomy: "edits" });
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

  test("counts of each turn what it has used itself", async () => {
    const uses = { "*/1/1": [{ use: { input: 70, output: 7 } }], "*": [{ use: { input: 30 } }] };
    const { stage, session } = await begin(uses);
    await using _ = stage;
    for (const [n, inputTokens] of [70, 30].entries()) {
      await session.send(await stage.prompt(n + 1));
      const events = await readTurn(session);
      const usage = events.find((event) => event.type === "usage");
      assert.equal(usage?.type === "usage" ? usage.usage.inputTokens : null, inputTokens);
    }
  });

  test("tells a limit before the turn that fails by it, and a retry as no work", async () => {
    const { stage, session } = await begin({ "*": [{ retrying: 2 }, { limit: "3am" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    const types = events.map((event) => event.type);
    assert(types.indexOf("retrying") > 0);
    assert(types.indexOf("limit") > types.indexOf("retrying"));
    assert.equal(types.at(-1), "turn_ended");
    const limit = events.find((event) => event.type === "limit");
    assert.equal(limit?.type === "limit" && typeof limit.limit.until, "number");
  });

  test("begins each task in a thread of its own, in the same process", async () => {
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

describe("codex in a window that was left", () => {
  test("is ended where its tools cannot be prepared", async () => {
    await using stage = await openStage({ TEMOIN_TOKEN: "token", TEMOIN_SOCKET: "socket" });
    const root = join(stage.directory, "root");
    const [first, second] = [await makeTmuxCodex(root), await makeTmuxCodex(root)];
    stage.use(first);
    stage.use(second);
    const agent = await codexAgent(root, { "*": [{ say: "one" }] });
    const session = await stage.start(first.driver, agent);
    await session.send(await stage.prompt(1));
    await readTurn(session);
    const { privateDir } = stage.request(agent);
    await rm(privateDir, { recursive: true });
    await writeFile(privateDir, "");
    await assert.rejects(stage.start(second.driver, agent), /cannot write/i);
    assert.deepEqual(stage.processes(), []);
  });

  test("is ended without what somebody has written over its socket", async () => {
    await using stage = await openStage();
    const root = join(stage.directory, "root");
    const first = stage.use(await makeTmuxCodex(root));
    const agent = await codexAgent(root, {});
    await stage.start(first.driver, agent);
    const socket = { path: join(root, "tmux") };
    await using project = new ProjectServer({ clock: systemClock, socket });
    const view = { clock: systemClock, project: "test", kind: "codex-server", graceMs: 300 };
    const [server] = await findViews(await project.open(), view);
    const file = join(stage.workspace, "a.txt");
    await writeFile(file, "");
    await server?.keep({ socket: file });
    const second = stage.use(await makeTmuxCodex(root));
    for (const left of (await second.driver.left?.()) ?? []) await left.end();
    assert.deepEqual(stage.processes(), []);
    assert.deepEqual(await readdir(stage.workspace), ["a.txt"]);
  });
});

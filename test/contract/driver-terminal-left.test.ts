/** Sessions in a terminal that outlive the temoin that has started them, and servers that do not. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { findProcess } from "../../src/lib/process-table.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { openStage, type Stage } from "./driver-stage.ts";
import { fakeTerminalAgent, openTerminalDriver } from "./driver-terminal.ts";
import {
  arrived,
  openTerminalStage,
  promptsOf,
  readRecord,
  rootOf,
  TerminalStage,
  tmux,
  untilTrue,
} from "./driver-terminal-stage.ts";
import { killAfter } from "./kill-after.ts";

const quick = { enter_after_start_ms: 0 };

/** Started again, as temoin does after a kill. */
async function startAgain(stage: Stage, agent: AgentSpec): Promise<TerminalStage> {
  const driver = stage.use(await openTerminalDriver(rootOf(stage)));
  return new TerminalStage({ stage, driver, session: await stage.start(driver, agent) });
}

describe("a session in a terminal", { concurrency: 3 }, () => {
  test("outlives a temoin that was killed; sending its prompt again joins its turn", async () => {
    const stage = await openStage();
    const root = rootOf(stage);
    const script = { "*": [{ sleep: 1_500 }, { say: "Still here" }], manners: quick };
    const agent = await fakeTerminalAgent(root, { like: "claude", script });
    const prompt = await stage.prompt(1);
    await killAfter("accepted", { stage, agent, prompt });
    const driver = stage.use(await openTerminalDriver(root));
    const left = await driver.left();
    assert.deepEqual(
      left.map(({ slot, promptId }) => [slot, promptId]),
      [[stage.slot, "prompt-1"]],
    );
    assert((left[0]?.pids().length ?? 0) > 1);
    await using at = new TerminalStage({
      stage,
      driver,
      session: await stage.start(driver, agent),
    });
    assert.deepEqual(await driver.left(), []);
    assert.equal((await at.session.send(prompt)).accepted, true);
    const { end, says } = await at.turn(1);
    assert.deepEqual(end, { result: "completed" });
    assert.equal(says, "Still here");
    assert.deepEqual(await at.prompts(), [arrived(1)]);
  });

  test("has its prompt submitted that was only pasted before the kill, and pastes it not again", async () => {
    const stage = await openStage();
    const root = rootOf(stage);
    // So slow that the kill comes between the paste and the Enter.
    const ownProfile = "version: 1\nname: slow\nextends: claude\npromptDelay: 1500ms\n";
    const script = { "*": [{ say: "Once" }], manners: quick };
    const agent = await fakeTerminalAgent(root, { like: "claude", script, ownProfile });
    const prompt = await stage.prompt(1);
    await killAfter("started", { stage, agent, prompt }, () =>
      untilTrue(async () => {
        const screens = await tmux(root, "list-panes", "-s", "-t", "=temoin", "-F", "#{pane_id}");
        for (const pane of screens.trim().split("\n")) {
          if ((await tmux(root, "capture-pane", "-p", "-t", pane)).includes("❯ Prompt 1"))
            return true;
        }
        return null;
      }),
    );
    await using at = await startAgain(stage, agent);
    assert.deepEqual(promptsOf(await at.record()), []);
    assert.equal((await at.session.send(prompt)).accepted, true);
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.deepEqual(await at.prompts(), [arrived(1)]);
  });

  test("is told to be over when its turn ended while no temoin was there", async () => {
    const stage = await openStage();
    const root = rootOf(stage);
    const script = { "*": [{ say: "Quick" }], manners: quick };
    const agent = await fakeTerminalAgent(root, { like: "claude", script });
    const prompt = await stage.prompt(1);
    await killAfter("accepted", { stage, agent, prompt }, () =>
      untilTrue(async () => {
        const ended = (await readRecord(root)).some((line) => line.type === "turn_ended");
        return ended ? true : null;
      }),
    );
    await using at = await startAgain(stage, agent);
    assert.equal((await at.session.send(prompt)).accepted, true);
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.deepEqual(await at.prompts(), [arrived(1)]);
  });

  test("is not taken up by an agent that is started otherwise: its window is closed", async () => {
    const stage = await openStage();
    const root = rootOf(stage);
    const script = { "*": [{ say: "Working" }], manners: quick };
    const agent = await fakeTerminalAgent(root, { like: "claude", script });
    const prompt = await stage.prompt(1);
    await killAfter("accepted", { stage, agent, prompt });
    const before = findByEnvironment("TEMOIN_SLOT", stage.slot).map((row) => row.pid);
    await using _at = await startAgain(stage, { ...agent, autonomy: "ask" });
    const after = findByEnvironment("TEMOIN_SLOT", stage.slot).map((row) => row.pid);
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    );
  });

  test("that is left is ended with all its processes, and the server with the last of them", async () => {
    await using stage = await openStage();
    const root = rootOf(stage);
    const script = { "*": [{ spawn_child: { ms: 600_000, detached: true } }], manners: quick };
    const agent = await fakeTerminalAgent(root, { like: "claude", script });
    await killAfter("accepted", { stage, agent, prompt: await stage.prompt(1) });
    const server = Number(await tmux(root, "display-message", "-p", "#{pid}"));
    {
      await using driver = await openTerminalDriver(root);
      for (const session of await driver.left()) await session.end();
      assert.deepEqual(findByEnvironment("TEMOIN_SLOT", stage.slot), []);
    }
    assert.equal(findProcess(server), null);
  });

  test("ends at once when the tmux server is killed, and leaves no process behind", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": ["hang"], manners: quick },
    });
    await at.session.send(await at.stage.prompt(1));
    const server = Number(await at.tmux("display-message", "-p", "#{pid}"));
    process.kill(server, "SIGKILL");
    const { why } = await at.event("ended");
    assert.match(why, /tmux server is gone/);
    assert(!at.types().includes("turn_ended"));
    const receipt = await at.session.send(await at.stage.prompt(2));
    assert(receipt.accepted === false);
  });

  test("goes on after the tmux server was killed, when it is started again", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: quick },
    });
    process.kill(Number(await at.tmux("display-message", "-p", "#{pid}")), "SIGKILL");
    await at.event("ended");
    const agent = await fakeTerminalAgent(at.root, {
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: quick },
    });
    const session = await at.stage.start(at.driver, agent);
    assert.equal((await session.send(await at.stage.prompt(1))).accepted, true);
    assert.deepEqual(await at.prompts(), [arrived(1)]);
  });

  test("is closed with its daemon when its agent does not stop on an interrupt", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: {
        "*/1/1": [
          { spawn_child: { ms: 600_000, detached: true } },
          { say: "Deaf" },
          { hang: true },
        ],
        "*": [{ say: "Here again" }],
        manners: { ...quick, interrupt_presses: 99 },
      },
      driver: { stopMs: 400 },
    });
    await at.session.send(await at.stage.prompt(1));
    await at.event("activity", (event) => event.says === "Hanging");
    await at.session.interrupt();
    assert.deepEqual(findByEnvironment("TEMOIN_SLOT", at.stage.slot), []);
    assert.deepEqual((await at.turn(1)).end, { result: "interrupted" });
    assert.equal((await at.session.send(await at.stage.prompt(2))).accepted, true);
    assert.deepEqual((await at.turn(2)).end, { result: "completed" });
  });
});

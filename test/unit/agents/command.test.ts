/** The driver `command`: how it finds, starts and names an agent's program. */

import assert from "node:assert/strict";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createCommandDriver } from "../../../src/agents/command.ts";
import { AppError } from "../../../src/lib/app-error.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { agentOf } from "../../contract/driver-command.ts";
import { endOf, openStage, readTurn } from "../../contract/driver-stage.ts";

describe("missing", () => {
  test("names a program that is not on PATH, and the next step", async () => {
    await using bench = await openBench();
    assert.equal(
      await bench.driver.missing(agentOf(["no-such-agent"])),
      "Cannot start agent `fake`: `no-such-agent` was not found on PATH. Install it, or set `agents.fake.command` in temoin.yaml.",
    );
  });

  test("looks on the agent's own PATH, and relative to the root when there is a slash", async () => {
    await using bench = await openBench();
    await bench.writeProgram("tools/agent", "exit 0");
    assert.match((await bench.driver.missing(agentOf(["agent"]))) ?? "", /not found on PATH/);
    const PATH = join(bench.root, "tools");
    assert.equal(await bench.driver.missing(agentOf(["agent"], { PATH })), null);
    assert.equal(await bench.driver.missing(agentOf(["./tools/agent"])), null);
    const elsewhere = await bench.driver.missing(agentOf(["./agent"]));
    assert.match(elsewhere ?? "", /`\.\/agent` was not found in the repository/);
  });

  test("names a file that is not executable", async () => {
    await using bench = await openBench();
    await bench.writeProgram("agent", "exit 0", 0o644);
    assert.match((await bench.driver.missing(agentOf(["./agent"]))) ?? "", /chmod \+x/);
  });

  test("runs nothing", async () => {
    await using bench = await openBench();
    await bench.writeProgram("agent", 'touch "$0.ran"');
    assert.equal(await bench.driver.missing(agentOf(["./agent"])), null);
    assert.match((await bench.driver.missing(agentOf(["./agent.ran"]))) ?? "", /not found/);
  });
});

describe("a prompt that cannot be delivered", () => {
  test("is not accepted, says why, and can be sent again once the program is there", async () => {
    await using bench = await openBench();
    const session = await bench.stage.start(bench.driver, agentOf(["./agent"]));
    const prompt = await bench.stage.prompt(1);
    const refused = await session.send(prompt);
    assert(!refused.accepted);
    assert.match(refused.why, /^Cannot start agent `fake`: `\.\/agent` was not found/);
    await bench.writeProgram("agent", "echo hello");
    assert.equal((await session.send(prompt)).accepted, true);
    const events = await readTurn(session);
    assert.deepEqual(
      events.map((event) => event.type),
      ["ready", "accepted", "turn_started", "activity", "turn_ended"],
    );
  });

  test("tells a program that is not executable, an interpreter and a workspace that are gone", async () => {
    await using bench = await openBench();
    const send = async () => {
      const session = await bench.stage.start(bench.driver, agentOf(["./agent"]));
      const receipt = await session.send(await bench.stage.prompt(1));
      assert(!receipt.accepted);
      return receipt.why;
    };
    await bench.writeProgram("agent", "exit 0", 0o644);
    assert.match(await send(), /`\.\/agent` is not executable/);
    await writeFile(join(bench.root, "agent"), "#!/no/such/interpreter\n");
    await chmod(join(bench.root, "agent"), 0o755);
    assert.match(await send(), /first line of `\.\/agent`/);
    await bench.writeProgram("agent", "exit 0");
    await rm(bench.stage.workspace, { recursive: true });
    assert.match(await send(), /workspace is gone/);
  });
});

describe("the agent's process", () => {
  test("finds temoin first on its PATH and has the environment of slot, agent and prompt", async () => {
    await using bench = await openBench({
      OWN: "own",
      AGENT: "own",
      SLOT: "own",
      PATH: "/usr/bin:/bin",
    });
    await bench.writeProgram("bin/temoin", "echo the right temoin");
    await bench.writeProgram("tools/temoin", "echo another temoin");
    await bench.writeProgram(
      "agent",
      'temoin; pwd; echo "$OWN $AGENT $TEMOIN_SLOT $TEMOIN_TASK $TEMOIN_ATTEMPT $TEMOIN_TURN"; cmp - "$TEMOIN_PROMPT_FILE" && echo same prompt',
    );
    const env = { AGENT: "agent's", PATH: `${join(bench.root, "tools")}:/usr/bin:/bin` };
    const session = await bench.stage.start(bench.driver, agentOf(["./agent"], env));
    await session.send(await bench.stage.prompt(1));
    assert.equal(endOf(await readTurn(session)).says, "same prompt");
    const [, printed] = (await bench.stage.readFile("../logs/agent.log")).split("(task)\n");
    assert.deepEqual(printed?.split("\n").slice(0, 4), [
      "the right temoin",
      bench.stage.workspace,
      `own agent's ${bench.stage.slot} T-1 1 1`,
      "same prompt",
    ]);
  });

  test("has no terminal, and its standard input is the prompt also by name", async () => {
    await using bench = await openBench();
    await bench.writeProgram(
      "agent",
      "test -t 0 || test -t 1 || head -n 1 /dev/stdin > /dev/stderr",
    );
    const session = await bench.stage.start(bench.driver, agentOf(["./agent"]));
    await session.send(await bench.stage.prompt(1));
    const { end, says } = endOf(await readTurn(session));
    assert.deepEqual(end, { result: "completed" });
    assert.equal(says, "Prompt 1");
  });

  test("tells activity at once and then the latest line, not every line", async () => {
    await using bench = await openBench();
    await bench.writeProgram(
      "agent",
      "echo one; sleep 0.05; echo two; sleep 0.05; echo three; sleep 600",
    );
    const session = await bench.stage.start(bench.driver, agentOf(["./agent"]));
    await session.send(await bench.stage.prompt(1));
    const said: string[] = [];
    for await (const event of session.events) {
      if (event.type === "activity") said.push(event.says);
      if (said.at(-1) === "three") break;
    }
    assert.equal(said[0], "one");
    assert(said.length <= 3);
  });
});

test("a session whose log cannot be written is not started, with the reason", async () => {
  await using bench = await openBench();
  await writeFile(join(bench.stage.directory, "logs"), "a file where the directory should be");
  await assert.rejects(
    bench.stage.start(bench.driver, agentOf(["true"])),
    (error) => error instanceof AppError && error.code === "disk" && error.hint !== null,
  );
});

async function openBench(env: Readonly<Record<string, string | undefined>> = process.env) {
  const stage = await openStage();
  const root = join(stage.directory, "root");
  const binDir = join(root, "bin");
  const driver = createCommandDriver({ clock: systemClock, root, binDir, graceMs: 300, env });
  return {
    stage,
    root,
    driver,
    async writeProgram(name: string, script: string, mode = 0o755) {
      const path = join(root, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, mode);
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

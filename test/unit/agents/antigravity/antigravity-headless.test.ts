import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createAntigravityHeadless } from "../../../../src/agents/antigravity/antigravity-headless.ts";
import type { AgentSpec } from "../../../../src/domain/agent.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { agentName, endOf, openStage, readTurn } from "../../../contract/driver-stage.ts";

/** Keeps its arguments, one a line after `--`, prints two lines, and ends as its name says. */
async function begin(exitCode: number) {
  const stage = await openStage();
  const root = `${stage.directory}/root`;
  const program = join(root, "agy");
  const script = `#!/bin/sh\nprintf '%s\\n' -- "$@" >> ${root}/calls\necho first\necho last words\nexit ${exitCode}\n`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  const driver = createAntigravityHeadless({
    clock: systemClock,
    root,
    binDir: root,
    graceMs: 300,
  });
  const agent: AgentSpec = {
    name: agentName,
    driver: "antigravity",
    transport: "headless",
    command: [program],
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
  };
  const session = await stage.start(driver, agent);
  return { stage, session, calls: () => readFile(join(root, "calls"), "utf8") };
}

const always = ["--dangerously-skip-permissions", "--print-timeout", "24h"];

describe("Antigravity's `agy -p`", () => {
  it("gets the prompt as the value of -p, and goes on with its conversation within a task", async () => {
    const { stage, session, calls } = await begin(0);
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const first = endOf(await readTurn(session));
    assert.deepEqual(first.end, { result: "completed" });
    assert.equal(first.says, "last words");
    await session.send(await stage.prompt(2));
    await readTurn(session);
    await session.send({ ...(await stage.prompt(3)), kind: "task" });
    await readTurn(session);
    const given = (await calls())
      .split("--\n")
      .slice(1)
      .map((one) => one.split("\n"));
    assert.deepEqual(
      given.map((args) => args.slice(0, args.indexOf("-p"))),
      [always, [...always, "--continue"], always],
    );
    assert.deepEqual(
      given.map((args) => args[args.indexOf("-p") + 1]),
      ["Prompt 1", "Prompt 2", "Prompt 3"],
    );
  });

  it("fails its turn with another exit code, and with its last words as the reason", async () => {
    const { stage, session } = await begin(3);
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const { end } = endOf(await readTurn(session));
    assert.deepEqual(end, { result: "failed", why: "it exited with 3: last words" });
  });

  it("gets what is too long for an argument by its file", async () => {
    const { stage, session, calls } = await begin(0);
    await using _ = stage;
    const prompt = await stage.prompt(1);
    await session.send({ ...prompt, text: "é".repeat(60 * 1024) });
    await readTurn(session);
    assert((await calls()).includes(`Read the file ${prompt.file} and do what it says.`));
  });
});

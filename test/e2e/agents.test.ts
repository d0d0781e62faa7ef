/** `temoin agents` and `temoin agents test`, by the program itself. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openScratch } from "./scratch-project.ts";

const obedient = fileURLToPath(new URL("../fixtures/agents/obedient.mjs", import.meta.url));

test("an agent that follows plain instructions is proved, and list and doctor tell so", async () => {
  const command = [process.execPath, obedient];
  await using scratch = await openScratch({ agents: { ada: { command } } });
  const before = await scratch.json("agents");
  const { name, driver, transport, version, provedWith, lastTest } = before.agents[0];
  assert.deepEqual([name, driver, transport, version], ["ada", "command", "headless", null]);
  assert.deepEqual([provedWith, lastTest], [null, null]);

  const tested = await scratch.temoin("agents", "test", "--yes");
  assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  assert.match(tested.stdout, /^ada \(command, headless\)\n {2}✓ proved +start +it starts/);
  assert.match(tested.stdout, /– not offered +usage /);
  assert.match(tested.stdout, /ada \(version not known\): 9 of 9 proved\n$/);

  const listed = await scratch.temoin("agents");
  assert.match(listed.stdout, /ada +command +headless +– +unproven +9 of 9 proved, \d{4}-/);
  const { checks } = JSON.parse((await scratch.temoin("doctor", "--json")).stdout);
  const check = checks.find((one: { name: string }) => one.name === "agent ada");
  assert.match(check.detail, /; tested on \d{4}-\d\d-\d\d: 9 of 9 proved$/);
  assert.equal(check.ok, true);
});

test("an agent that does nothing is told as failed, in JSON too", async () => {
  await using scratch = await openScratch({ agents: { ada: { command: ["true"] } } });
  const tested = await scratch.temoin("agents", "test", "ada", "--yes", "--json");
  assert.equal(tested.code, 1);
  const [proof] = JSON.parse(tested.stdout).agents;
  assert.equal(proof.good, false);
  assert.match(proof.says, /^\d of 9 proved: sixty lines, tool, memory, /);
  const tool = proof.steps.find((one: { name: string }) => one.name === "tool");
  assert.deepEqual([tool.result, tool.says], ["failed", "changed.txt was not made"]);
  assert.match(tested.stderr, /^ada: ✗ failed +tool /m);
});

test("nothing is tested without a word about what it costs, nor what is not configured", async () => {
  await using scratch = await openScratch();
  const silent = await scratch.temoin("agents", "test", "ada");
  assert.equal(silent.code, 1);
  assert.match(silent.stderr, /about a dozen short prompts: the model is called.*\n.*`--yes`/);
  const unknown = await scratch.temoin("agents", "test", "adda", "--yes");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /There is no agent adda in temoin\.yaml\.\nDid you mean ada\?/);
  const wrong = await scratch.temoin("agents", "tests");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Did you mean `temoin agents test`/);
  await scratch.write("temoin.yaml", "version: 1\n");
  const none = await scratch.temoin("agents", "test", "--yes");
  assert.equal(none.code, 1);
  assert.match(none.stderr, /No agent is configured/);
  const listed = await scratch.temoin("agents");
  assert.deepEqual([listed.code, listed.stdout], [0, ""]);
  scratch.env["TEMOIN_TOKEN"] = "token-of-a-worker";
  assert.match((await scratch.temoin("agents", "test", "--yes")).stderr, /An agent cannot test/);
});

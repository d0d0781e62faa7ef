/** What would make an agent do something else than read its prompt, once. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { openTerminalStage, untilTrue } from "./driver-terminal-stage.ts";

const manners = { enter_after_start_ms: 0 };
const script = { "*": [{ say: "Working" }], manners };

describe("a prompt for an agent in a terminal", { concurrency: 3 }, () => {
  for (const text of ["!touch it\nand go on", "/clear"]) {
    test(`is given by its file where the agent would carry it out: ${JSON.stringify(text)}`, async () => {
      await using at = await openTerminalStage({ like: "claude", script });
      const prompt = { ...(await at.stage.prompt(1)), text };
      assert.equal((await at.session.send(prompt)).accepted, true);
      await at.turn(1);
      assert.deepEqual(await at.prompts(), [`Read the file ${prompt.file} and do what it says.`]);
    });
  }

  test("is not accepted where it has no words, and nothing is typed", async () => {
    await using at = await openTerminalStage({ like: "claude", script });
    const receipt = await at.session.send({ ...(await at.stage.prompt(1)), text: "\n\u001b\n" });
    assert(!receipt.accepted);
    assert.match(receipt.why, /it has no words\.$/);
    assert.deepEqual(await at.prompts(), []);
  });

  // Folded, a paste tells nobody that it is there twice.
  test("is not written twice into a sleeping agent", async () => {
    await using at = await openTerminalStage({ like: "gemini", script });
    const text = Array.from({ length: 60 }, (_, n) => `${n + 1}. Do this`).join("\n");
    const { slot } = at.stage;
    const pids = findByEnvironment("TEMOIN_SLOT", slot).flatMap(({ name, pid }) =>
      name === "sh" ? [] : pid,
    );
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    const began = performance.now();
    const sent = at.session.send({ ...(await at.stage.prompt(1)), text });
    // Longer than an echo may take, and shorter than a prompt is waited for.
    await untilTrue(async () => (performance.now() - began > 3_600 ? true : null));
    for (const pid of pids) process.kill(pid, "SIGCONT");
    assert.equal((await sent).accepted, true);
    await at.turn(1);
    assert.deepEqual(await at.prompts(), [text]);
  });
});

/** How prompts reach an agent in a terminal, whatever its manners are. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arrived, openTerminalStage } from "./driver-terminal-stage.ts";

const quick = { enter_after_start_ms: 0 };

describe("a prompt for an agent in a terminal", { concurrency: 3 }, () => {
  test("is submitted once more when the agent has lost its Enter, and arrives once", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: { ...quick, enter_after_paste_ms: 900 } },
    });
    assert.equal((await at.session.send(await at.stage.prompt(1))).accepted, true);
    await at.turn(1);
    assert.deepEqual(await at.prompts(), [arrived(1)]);
    assert((await at.record()).some((line) => line.type === "lost" && line.text === "enter"));
  });

  test("is folded by the agent, and still arrives whole", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: quick },
    });
    const text = Array.from({ length: 60 }, (_, n) => `${n + 1}. Enter C-c; é 日本 \\; -x`).join(
      "\n",
    );
    const prompt = { ...(await at.stage.prompt(1)), text };
    assert.equal((await at.session.send(prompt)).accepted, true);
    await at.turn(1);
    assert.deepEqual(await at.prompts(), [text]);
  });

  test("is given by its file where the agent takes no paste", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: { ...quick, takes_paste: false } },
    });
    const prompt = await at.stage.prompt(1);
    assert.equal((await at.session.send(prompt)).accepted, true);
    await at.turn(1);
    assert.deepEqual(await at.prompts(), [`Read the file ${prompt.file} and do what it says.`]);
  });

  test("is given by its file where it is too long for a composer", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: quick },
    });
    const prompt = { ...(await at.stage.prompt(1)), text: "word ".repeat(4_000) };
    assert.equal((await at.session.send(prompt)).accepted, true);
    await at.turn(1);
    assert.deepEqual(await at.prompts(), [`Read the file ${prompt.file} and do what it says.`]);
  });

  test("leaves the words of somebody else in the composer alone, and says so", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: { ...quick, draft: "my own words" } },
    });
    const sent = at.session.send(await at.stage.prompt(1));
    // It waits for whoever has written them; an interrupt calls it off.
    await at.event("state");
    await at.session.interrupt();
    const receipt = await sent;
    assert.equal(receipt.accepted, false);
    const { window = "" } = at.session.attach ?? {};
    const screen = await at.tmux("capture-pane", "-p", "-t", window);
    assert.match(screen, /my own words/);
    assert.deepEqual(await at.prompts(), []);
  });

  test("of the next task finds an empty context", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: quick },
    });
    await at.session.send(await at.stage.prompt(1));
    await at.turn(1);
    const next = { ...(await at.stage.prompt(2)), kind: "task" as const };
    assert.equal((await at.session.send(next)).accepted, true);
    await at.turn(2);
    const deeds = (await at.record()).flatMap((line) =>
      line.type === "prompt" || line.type === "command" ? line.text : [],
    );
    assert.deepEqual(deeds, [arrived(1), "/clear", arrived(2)]);
  });

  test("is written into a clean composer after an interrupt that put the last one back", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: {
        "*/1/1": ["hang"],
        "*": [{ say: "Here" }],
        manners: { ...quick, think_ms: 60_000 },
      },
    });
    await at.session.send(await at.stage.prompt(1));
    await at.session.interrupt();
    assert.deepEqual((await at.turn(1)).end, { result: "interrupted" });
    const receipt = await at.session.send(await at.stage.prompt(2));
    assert.deepEqual(receipt, { accepted: true, at: receipt.at });
    await at.session.interrupt();
    assert.deepEqual(await at.prompts(), [arrived(1), arrived(2)]);
  });

  test("is not typed while a person is at the keys, and goes on when the person is quiet", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: quick },
    });
    const { window = "" } = at.session.attach ?? {};
    await using person = await at.attachPerson(window);
    await person.press("x");
    await at.shows(window, /❯ x/);
    await person.press("BSpace");
    const sent = at.session.send(await at.stage.prompt(1));
    const held = await at.event("held");
    assert.equal(held.byPerson, true);
    assert.deepEqual(await at.prompts(), []);
    assert.equal((await sent).accepted, true);
    await at.event("held", (event) => !event.byPerson);
    await at.turn(1);
    assert.deepEqual(await at.prompts(), [arrived(1)]);
  });
});

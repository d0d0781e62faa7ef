/** What an agent in a terminal asks: answered as its profile allows, else brought before a person. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  openTerminalStage,
  promptsOf,
  readRecord,
  type TerminalStage,
} from "./driver-terminal-stage.ts";

const permission = { permission: { tool: "Bash", text: "rm -rf build" } };
const quick = { enter_after_start_ms: 0 };

async function answersOf(root: string) {
  const lines = await readRecord(root);
  return lines.flatMap((line) => (line.type === "answer" ? [[line.choice, line.text]] : []));
}

/** The agent has its prompt, and asks for a permission or will in a moment. */
async function openAtPermission(): Promise<TerminalStage> {
  const at = await openTerminalStage({
    like: "claude",
    autonomy: "ask",
    script: { "*": [permission, { say: "Deleted" }], manners: quick },
  });
  await at.session.send(await at.stage.prompt(1));
  return at;
}

describe("an agent in a terminal", { concurrency: 3 }, () => {
  test("has its own dialogs answered at the start as far as its autonomy allows", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [{ say: "Working" }], manners: { ...quick, dialogs: ["trust", "bypass"] } },
    });
    assert.deepEqual(await answersOf(at.root), [
      ["Yes, I trust this folder", null],
      ["Yes, I accept", null],
    ]);
    assert(!at.types().includes("ask"));
  });

  test("that is to change nothing has its permissions asked for, and its own dialogs answered", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      readsOnly: true,
      script: {
        "*": [permission, { say: "Deleted" }],
        manners: { ...quick, dialogs: ["trust"] },
      },
    });
    await at.session.send(await at.stage.prompt(1));
    const { ask } = await at.event("ask");
    assert.equal(ask.kind, "permission");
    assert.deepEqual(await answersOf(at.root), [["Yes, I trust this folder", null]]);
  });

  test("waits with its first prompt until a person has answered its dialog", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      autonomy: "ask",
      script: { "*": [{ say: "Working" }], manners: { ...quick, dialogs: ["trust"] } },
    });
    const { ask } = await at.event("ask");
    assert.equal(ask.kind, "dialog");
    assert.deepEqual(ask.choices, ["Yes, I trust this folder", "No, exit"]);
    assert(!at.types().includes("ready"));
    const sent = at.session.send(await at.stage.prompt(1));
    const answered = await at.session.answer?.(ask.id, { choice: "Yes, I trust this folder" });
    assert.equal(answered?.accepted, true);
    assert.equal((await sent).accepted, true);
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert(at.types().indexOf("ready") > at.types().indexOf("ask_closed"));
  });

  test("takes one of two answers that are given at once, and the next dialog none of them", async () => {
    await using at = await openTerminalStage({
      like: "claude",
      autonomy: "ask",
      script: {
        "*": [permission, { permission: { tool: "Bash", text: "make install" } }],
        manners: quick,
      },
    });
    await at.session.send(await at.stage.prompt(1));
    const { ask } = await at.event("ask");
    assert.deepEqual(await at.session.look?.(), { typedAt: null, hasDialog: true });
    const [yes, no] = await Promise.all([
      at.session.answer?.(ask.id, { choice: "Yes" }),
      at.session.answer?.(ask.id, { choice: "No" }),
    ]);
    assert.equal(yes?.accepted, true);
    assert(no?.accepted === false);
    assert.match(no.why, /it is being answered already/);
    await at.event("ask", (event) => event.ask.id !== ask.id);
    assert.deepEqual(await answersOf(at.root), [["Yes", null]]);
  });

  test("has a permission asked of a person, and goes on with the answer", async () => {
    await using at = await openAtPermission();
    const { ask } = await at.event("ask");
    assert.equal(ask.kind, "permission");
    assert.match(ask.says, /proceed/);
    const receipt = await at.session.answer?.(ask.id, { choice: "Yes" });
    assert.equal(receipt?.accepted, true);
    const { end, says } = await at.turn(1);
    assert.deepEqual(end, { result: "completed" });
    assert.equal(says, "Deleted");
    assert.deepEqual(await answersOf(at.root), [["Yes", null]]);
    const closed = await at.event("ask_closed");
    assert.equal(closed.askId, ask.id);
    assert.equal(closed.says, "answered: Yes");
  });

  test("has a permission refused, which is the last of its choices", async () => {
    await using at = await openAtPermission();
    const { ask } = await at.event("ask");
    const unknown = await at.session.answer?.(ask.id, { choice: "Perhaps" });
    assert(unknown?.accepted === false);
    assert.match(unknown.why, /does not offer "Perhaps", but "Yes"/);
    assert.equal((await at.session.answer?.(ask.id, { choice: "No" }))?.accepted, true);
    await at.turn(1);
    assert.deepEqual(await answersOf(at.root), [["No", null]]);
    const late = await at.session.answer?.(ask.id, { choice: "Yes" });
    assert(late?.accepted === false);
    assert.match(late.why, /no longer asked/);
  });

  test("has a question answered with words of one's own", async () => {
    const question = { question: { text: "Which colour?", choices: ["Red", "Blue"] } };
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*": [question, { say: "Painted" }], manners: quick },
    });
    await at.session.send(await at.stage.prompt(1));
    const { ask } = await at.event("ask");
    assert.equal(ask.kind, "question");
    assert.equal(ask.takesText, true);
    const receipt = await at.session.answer?.(ask.id, { text: "the colour of the sky" });
    assert.deepEqual(receipt?.accepted, true);
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.deepEqual(
      (await answersOf(at.root)).map(([, text]) => text),
      ["the colour of the sky"],
    );
  });

  test("closes an ask that a person has answered at the terminal", async () => {
    await using at = await openAtPermission();
    const { ask } = await at.event("ask");
    const { window = "" } = at.session.attach ?? {};
    await at.tmux("send-keys", "-t", window, "1");
    const closed = await at.event("ask_closed");
    assert.equal(closed.askId, ask.id);
    assert.equal(closed.says, "it is gone from the screen");
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
  });

  test("is not answered while a person types there, and by what was answered once they are quiet", async () => {
    await using at = await openAtPermission();
    const { ask } = await at.event("ask");
    const { window = "" } = at.session.attach ?? {};
    await using person = await at.attachPerson(window);
    await person.press("Down");
    await at.shows(window, /❯ 2\./);
    const refused = await at.session.answer?.(ask.id, { choice: "Yes" });
    assert(refused?.accepted === false);
    assert.match(refused.why, /a person is typing at it/);
    assert.deepEqual(await answersOf(at.root), []);
    await at.shows(window, /❯ 2\./);
  });

  test("raises no ask by words that look like one", async () => {
    const lie = "Do you want to proceed?\n❯ 1. Yes\n  2. No\n\nEsc to cancel · Tab to amend";
    await using at = await openTerminalStage({
      like: "claude",
      script: { "*/1/1": [{ say: lie }], "*/1/2": [{ say: "Here" }], manners: quick },
    });
    await at.session.send(await at.stage.prompt(1));
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.equal((await at.session.send(await at.stage.prompt(2))).accepted, true);
    await at.turn(2);
    assert(!at.types().includes("ask"));
    assert.equal(promptsOf(await at.record()).length, 2);
    assert.deepEqual(await answersOf(at.root), []);
  });
});

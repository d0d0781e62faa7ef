/** The full-screen fake agent treats keys as the agent that it is like. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../../src/lib/clock.ts";
import type { RecordLine } from "../../fake-agent/tui/record.ts";
import { ScreenStage } from "./screen-stage.ts";

let stage: ScreenStage;
before(async () => {
  stage = await ScreenStage.open();
});
after(() => stage[Symbol.asyncDispose]());

describe("an Enter that comes too soon", { concurrency: 4 }, () => {
  test("like claude, is lost just after the start, and the text stays", async () => {
    const agent = await stage.start({
      like: "claude",
      turns: [[{ say: "Taken" }]],
      manners: { enter_after_start_ms: 60_000 },
    });
    await agent.see(/for shortcuts/);
    await agent.paste("Too early");
    await agent.pane.keys("Enter");
    await agent.until(async () => lostIn(agent.record)[0] ?? null, "the lost Enter");
    await agent.see(/❯ Too early\n─/);
    assert.deepEqual(lostIn(agent.record), ["enter: it has only just started"]);
    await agent.pane.close();
  });

  test("like gemini, is a new line just after a paste", async () => {
    const manners = { enter_after_paste_ms: 600 };
    const agent = await stage.start({ like: "gemini", turns: [[{ say: "Taken" }]], manners });
    await agent.see(/Type your message/);
    await agent.paste("Pasted");
    await agent.pane.keys("Enter");
    await agent.see(/ > Pasted\n\n\n workspace/);
    assert.deepEqual(lostIn(agent.record), ["enter: it came too soon after a paste"]);
    await systemClock.until(systemClock.now() + 600);
    await agent.pane.keys("Enter");
    await agent.see(/✦ Taken/);
    assert.deepEqual(promptsIn(agent.record), ["Pasted\n"]);
    await agent.pane.close();
  });

  test("like codex, is a new line just after typed text, and submits after a paste", async () => {
    const manners = { enter_after_keys_ms: 1_000 };
    const agent = await stage.start({ like: "codex", turns: [[{ say: "Taken" }]], manners });
    await agent.see(/Ask Codex/);
    await agent.pane.type("typed\r");
    await agent.see(/› typed\n\n\n {2}fake-model/);
    await agent.paste("pasted");
    await agent.pane.keys("Enter");
    await agent.see(/• Taken/);
    assert.deepEqual(promptsIn(agent.record), ["typed\npasted"]);
    await agent.pane.close();
  });
});

test("an agent that asks for no bracketed paste takes each line as a prompt of its own", async () => {
  const agent = await stage.start({
    like: "generic",
    turns: [[{ say: "First" }], [{ say: "Second" }]],
    manners: { takes_paste: false },
  });
  await agent.see(/❯/);
  assert.equal((await agent.pane.paste("one\ntwo")).done, false);
  await agent.pane.type("one\rtwo\r");
  await agent.see(/First.*Second/s);
  assert.deepEqual(promptsIn(await agent.turns(2)), ["one", "two"]);
  await agent.pane.close();
});

describe("a dialog", { concurrency: 4 }, () => {
  test("of claude's bypass mode ends it when Enter is pressed blindly", async () => {
    const agent = await stage.start({ like: "claude", manners: { dialogs: ["bypass"] } });
    await agent.see(/❯ 1\. No, exit/);
    await agent.pane.keys("Enter");
    assert.equal(await agent.exit(), 1);
  });

  test("is passed by its digit, and the next one by its preselected choice", async () => {
    const agent = await stage.start({
      like: "claude",
      manners: { dialogs: ["bypass", "trust"] },
      flags: ["--dangerously-skip-permissions"],
    });
    await agent.see(/2\. Yes, I accept/);
    await agent.pane.type("2");
    await agent.see(/❯ 1\. Yes, I trust this folder/);
    await agent.pane.keys("Enter");
    await agent.see(/bypass permissions on/);
    assert.deepEqual(answersIn(agent.record), [
      ["bypass", "Yes, I accept", null],
      ["trust", "Yes, I trust this folder", null],
    ]);
    await agent.pane.close();
  });

  test("of codex has the keys after a usage limit, and text does nothing in it", async () => {
    const agent = await stage.start({
      like: "codex",
      turns: [[{ limit: "1:08 AM" }], [{ say: "On again" }]],
    });
    await agent.see(/Ask Codex/);
    await agent.prompt("Use it up");
    await agent.see(/■ You’ve hit your usage limit.*try again at 1:08 AM.*› 1\. Switch to/s);
    await agent.paste("a prompt");
    await agent.pane.keys("Down");
    await agent.see(/› 2\. Keep current model/);
    assert.deepEqual(lostIn(agent.record), ["a prompt: a dialog has the keys"]);
    await agent.pane.keys("Enter");
    await agent.prompt("Go on");
    await agent.see(/On again/);
    await agent.pane.close();
  });
});

describe("a permission", { concurrency: 4 }, () => {
  const asks = [{ permission: { tool: "Bash", text: "rm -rf build" } }, { say: "After {answer}" }];

  for (const [like, { shown, keys, answer }] of Object.entries({
    claude: {
      shown: /❯ 1\. Yes/,
      keys: ["2"],
      answer: "Yes, and don't ask again for this command",
    },
    codex: { shown: /› 1\. Yes, proceed/, keys: ["y"], answer: "Yes, proceed (y)" },
    gemini: { shown: /● 1\. Allow once/, keys: ["Enter"], answer: "Allow once" },
    opencode: { shown: /△ Permission required/, keys: ["Right", "Enter"], answer: "Allow always" },
    generic: { shown: /❯ 1\. Yes/, keys: ["Down", "Up", "Enter"], answer: "Yes" },
  })) {
    test(`like ${like}, waits for its keys and goes on, or is interrupted by Esc`, async () => {
      const agent = await stage.start({ like, turns: [asks, asks] });
      await agent.see(/❯|›|Type your message|Ask anything/);
      await agent.prompt("Build it anew");
      await agent.see(shown);
      for (const key of keys) await agent.pane.keys(key);
      await agent.see(new RegExp(`After ${RegExp.escape(answer)}`));
      await agent.turns(1);
      await agent.prompt("And once more");
      await agent.see(new RegExp(`And once more.*${shown.source}`, "s"));
      await agent.pane.keys("Escape");
      const record = await agent.turns(2);
      const tool = like === "gemini" ? "Shell" : "Bash";
      assert.deepEqual(answersIn(record), [
        [tool, answer, null],
        [tool, null, null],
      ]);
      assert.deepEqual(endsIn(record), ["completed", "interrupted"]);
      await agent.pane.close();
    });
  }
});

describe("a question", { concurrency: 4 }, () => {
  const question = { question: { text: "Which colour?", choices: ["Red", "Blue"] } };
  for (const like of ["claude", "codex", "gemini", "opencode"]) {
    test(`like ${like}, takes a choice by its digit, and own words where it offers a place`, async () => {
      const agent = await stage.start({
        like,
        turns: [[question, question, { say: "{answer}!" }]],
      });
      await agent.see(/❯|›|Type your message|Ask anything/);
      await agent.prompt("Paint it");
      await agent.see(/2\. Blue/);
      await agent.pane.type("2");
      await agent.until(async () => answersIn(agent.record)[0] ?? null, "the first answer");
      await agent.see(/1\. Red/);
      await agent.pane.type("3light grey");
      await agent.see(/light grey/);
      await agent.pane.keys("Enter");
      await agent.see(/light grey!/);
      const answers = answersIn(agent.record).map(([, choice, text]) => text ?? choice);
      assert.deepEqual(answers, ["Blue", "light grey"]);
      await agent.pane.close();
    });
  }
});

describe("an interrupt", { concurrency: 4 }, () => {
  test("like claude, puts a prompt that has no answer yet back into the composer", async () => {
    const agent = await stage.start({ like: "claude", turns: [[]], manners: { think_ms: 60_000 } });
    await agent.see(/for shortcuts/);
    await agent.prompt("Think long");
    await agent.see(/esc to interrupt/);
    await agent.pane.keys("Escape");
    await agent.see(/[^✻]\n─+\n❯ Think long\n─+\n(?!.*esc to interrupt)/s);
    assert.deepEqual(endsIn(agent.record), ["interrupted"]);
    await agent.pane.keys("C-u");
    await agent.see(/❯\n─+\n {2}\? for shortcuts/);
    await agent.pane.close();
  });

  test("like claude, stops what is written and the tool that runs", async () => {
    const agent = await stage.start({
      like: "claude",
      turns: [[{ say: "Here I go" }, { run: ["sleep", "60"] }, { say: "never" }]],
    });
    await agent.see(/for shortcuts/);
    await agent.prompt("Sleep");
    await agent.see(/Bash\(sleep 60\)\n {2}⎿ {2}Running…/);
    await agent.pane.keys("Escape");
    await agent.see(
      /● Bash\(sleep 60\).*⎿ {2}Interrupted · What should Claude do instead\?.*\? for/s,
    );
    assert.deepEqual(endsIn(agent.record), ["interrupted"]);
    await agent.pane.close();
  });

  test("like codex, puts what was queued back into the composer", async () => {
    const agent = await stage.start({ like: "codex", turns: [["hang"]] });
    await agent.see(/Ask Codex/);
    await agent.prompt("Hang");
    await agent.see(/Hanging/);
    await agent.paste("Later on");
    await agent.pane.keys("Tab");
    await agent.see(/↳ Later on/);
    await agent.pane.keys("Escape");
    await agent.see(/■ Conversation interrupted.*› Later on/s);
    await agent.pane.close();
  });

  test("like opencode, takes two Esc", async () => {
    const agent = await stage.start({ like: "opencode", turns: [["hang"]] });
    await agent.see(/Ask anything/);
    await agent.prompt("Hang");
    await agent.see(/Hanging/);
    await agent.pane.keys("Escape");
    await agent.see(/esc again to interrupt/);
    assert.deepEqual(endsIn(agent.record), []);
    await agent.pane.keys("Escape");
    assert.deepEqual(endsIn(await agent.turns(1)), ["interrupted"]);
    await agent.pane.close();
  });
});

test("Ctrl-C empties a composer, and quits by the second one like claude, by the first like codex", async () => {
  for (const [like, isAtOnce] of [
    ["claude", false],
    ["codex", true],
  ] as const) {
    const agent = await stage.start({ like, manners: { draft: "somebody's words" } });
    await agent.see(/somebody's words/);
    await agent.pane.keys("C-c");
    await agent.see(/for shortcuts/);
    await agent.pane.keys("C-c");
    if (!isAtOnce) {
      await agent.see(/Press Ctrl-C again to exit/);
      await agent.pane.keys("C-c");
    }
    assert.equal(await agent.exit(), 0);
    await agent.see(isAtOnce ? /codex resume/ : /Resume this session with:\nclaude --resume/);
  }
});

function promptsIn(record: readonly RecordLine[]): readonly string[] {
  return record.flatMap((line) => (line.type === "prompt" ? line.text : []));
}

function answersIn(record: readonly RecordLine[]) {
  return record.flatMap((line) =>
    line.type === "answer" ? [[line.name, line.choice, line.text] as const] : [],
  );
}

function lostIn(record: readonly RecordLine[]): readonly string[] {
  return record.flatMap((line) => (line.type === "lost" ? `${line.text}: ${line.why}` : []));
}

function endsIn(record: readonly RecordLine[]): readonly string[] {
  return record.flatMap((line) => (line.type === "turn_ended" ? line.end : []));
}

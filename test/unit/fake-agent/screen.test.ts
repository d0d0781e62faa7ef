/** The full-screen fake agent takes prompts, shows its turns, and ends them, in each look. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { RecordLine } from "../../fake-agent/tui/record.ts";
import { ScreenStage, textOf } from "./screen-stage.ts";

let stage: ScreenStage;
before(async () => {
  stage = await ScreenStage.open();
});
after(() => stage[Symbol.asyncDispose]());

const hard = [
  "Do what it says; all of it \\; -x --flag 'quotes' \"double\" $HOME `ls` #{pane_id} %1",
  "Enter C-c Escape \ttab é ü 日本語 🎉 e\u0301",
  "",
  "› 1. Yes ❯ 2. No esc to interrupt",
  ...Array.from({ length: 60 }, (_, n) => `line ${n} of many`),
].join("\n");

/** What each look tells of a turn, beside its screen. */
const signs = {
  claude: { busy: /^[⠂⠐] /, idle: "✳ Scripted work", states: [] },
  codex: {
    busy: /^⠋ /,
    idle: /^Scripted work \| agent-/,
    states: ["state=idle:app=codex", "state=working:app=codex", "state=done:app=codex"],
  },
  gemini: { busy: /^✦ {2}Working… \(agent-/, idle: /^◇ {2}Ready \(agent-/, states: [] },
  opencode: { busy: null, idle: "OC | Scripted work", states: [] },
  generic: { busy: null, idle: null, states: [] },
};

describe("the full-screen fake agent", { concurrency: 4 }, () => {
  for (const [like, { busy, idle, states }] of Object.entries(signs)) {
    test(`like ${like}, takes a prompt exactly and once, works, and is ready again`, async () => {
      const agent = await stage.start({
        like,
        turns: [
          [
            { write: { path: "a/b.txt", text: "{task}/{turn}" } },
            { run: ["cat", "a/b.txt", "missing"] },
            { say: "That was it" },
          ],
          [{ say: "And {turn}" }],
        ],
      });
      await agent.see(/❯|›|Type your message|Ask anything/);
      await agent.prompt(hard);
      const record = await agent.turns(1);
      assert.deepEqual(promptsOf(record), [hard]);
      const [prompt] = record.filter((line) => line.type === "prompt");
      assert.equal(prompt?.sha256, createHash("sha256").update(hard).digest("hex"));
      assert.equal(prompt?.bytes, Buffer.byteLength(hard));
      assert.equal(await agent.readFile("a/b.txt"), "task/1");
      const screen = textOf(await agent.see(/That was it/));
      assert.match(screen, /task\/1.*cat: missing.*cat ended with 1.*That was it/s);
      if (idle !== null) {
        await agent.until(async () => {
          const title = agent.titles.at(-1) ?? "";
          return (typeof idle === "string" ? title === idle : idle.test(title)) || null;
        }, `the title ${idle}`);
      }
      if (busy !== null) assert(agent.titles.some((title) => busy.test(title)));
      assert.deepEqual([...new Set(agent.states)], states);
      await agent.prompt("Go on, please");
      await agent.see(/And 2/);
      assert.deepEqual(promptsOf(await agent.turns(2)), [hard, "Go on, please"]);
      await agent.pane.close();
    });
  }

  test("reports by the `temoin` of its PATH and shows what it answers", async () => {
    const agent = await stage.start({
      like: "claude",
      turns: [[{ claim: "Done as told" }]],
      env: { PATH: `bin${delimiter}${pathOf(process.env)}` },
    });
    await mkdir(join(agent.cwd, "bin"));
    const temoin = join(agent.cwd, "bin", "temoin");
    await writeFile(temoin, '#!/bin/sh\necho "noted: $*"\n');
    await chmod(temoin, 0o755);
    await agent.see(/for shortcuts/);
    await agent.prompt("Report, please");
    await agent.see(/● Done as told.*noted: report done Done as told/s);
    await agent.pane.close();
  });

  test("queues what is submitted while it works, and takes it up afterwards", async () => {
    const agent = await stage.start({
      like: "claude",
      turns: [[{ stream: { text: "one two three", ms: 900 } }], [{ say: "Second turn" }]],
    });
    await agent.see(/for shortcuts/);
    await agent.prompt("First prompt");
    await agent.see(/● one/);
    await agent.prompt("Second prompt");
    await agent.see(/Press up to edit queued messages.*esc to interrupt/s);
    await agent.see(/● one two three.*❯ Second prompt.*Second turn/s);
    assert.deepEqual(
      (await agent.turns(2)).flatMap((line) =>
        line.type === "prompt" ? [[line.text, line.isQueued]] : [],
      ),
      [
        ["First prompt", false],
        ["Second prompt", true],
      ],
    );
    await agent.pane.close();
  });

  test("like codex, is steered by Enter while text streams and shows no other sign of work", async () => {
    const agent = await stage.start({
      like: "codex",
      turns: [
        [{ stream: { text: "one two three four ".repeat(50), ms: 60_000 } }, { say: "Steered" }],
      ],
    });
    await agent.see(/Ask Codex/);
    await agent.prompt("First prompt");
    const screen = textOf(await agent.see(/• one two/));
    assert.doesNotMatch(screen, /esc to interrupt/);
    assert.match(agent.titles.at(-1) ?? "", /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /);
    await agent.prompt("Look here");
    await agent.see(/› Look here.*• Steered/s);
    assert.deepEqual(promptsOf(await agent.turns(1)), ["First prompt", "Look here"]);
    await agent.pane.close();
  });

  test("has an empty screen and a new attempt when its context is emptied", async () => {
    const agent = await stage.start({ like: "claude", turns: [[{ say: "{attempt}/{turn}" }]] });
    await agent.see(/for shortcuts/);
    await agent.prompt("On `temoin/T-1/4`, first");
    await agent.see(/● 4\/1/);
    await agent.pane.type("/clear");
    await agent.see(/❯ \/clear/);
    await agent.pane.keys("Enter");
    await agent.see(/^╭─── Claude Code(?!.*temoin\/T-1)/s);
    await agent.until(async () => agent.titles.at(-1) === "✳ Claude Code" || null, "its title");
    await agent.prompt("On `temoin/T-1/5`, again");
    await agent.see(/● 5\/1/);
    assert.deepEqual(promptsOf(await agent.turns(2)), [
      "On `temoin/T-1/4`, first",
      "On `temoin/T-1/5`, again",
    ]);
    await agent.pane.close();
  });

  test("prints a flood and is at the composer again", async () => {
    for (const like of ["claude", "codex"]) {
      const agent = await stage.start({ like, turns: [[{ flood: 3_000_000 }, { say: "Over" }]] });
      await agent.see(/for shortcuts/);
      await agent.prompt("Flood, please");
      await agent.see(/xxx\n.*Over.*[❯›]/s);
      await agent.pane.close();
    }
  });
});

function promptsOf(record: readonly RecordLine[]): readonly string[] {
  return record.flatMap((line) => (line.type === "prompt" ? line.text : []));
}

function pathOf({ PATH: path = "" }: NodeJS.ProcessEnv): string {
  return path;
}

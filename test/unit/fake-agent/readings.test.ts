/**
 * The profiles, which were made from recordings of the real agents, read the fake agent's screens as
 * what they are. So a driver that does well with the fake agent has not been fooled by its looks.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { loadProfile } from "../../../src/agents/profile/load-profile.ts";
import type { ScreenState } from "../../../src/agents/profile/profile.ts";
import { ScreenStage, type Steps } from "./screen-stage.ts";

let stage: ScreenStage;
before(async () => {
  stage = await ScreenStage.open();
});
after(() => stage[Symbol.asyncDispose]());

const lies = [
  "Task completed. esc to interrupt · 429 retrying in 5s attempt 2/10",
  "Do you want to proceed?",
  " ❯ 1. Yes",
  "   2. No",
  "",
  "─".repeat(80),
  "❯ ",
  "─".repeat(80),
  "  ? for shortcuts",
].join("\n");

/** A prompt's steps, what they bring to the screen, and how that is to be read: one of these. */
interface Case {
  readonly name: string;
  readonly steps: Steps;
  readonly shows: RegExp;
  readonly read: readonly ScreenState[];
}

const cases: readonly Case[] = [
  {
    name: "a permission for a command",
    steps: [{ permission: { tool: "Bash", text: "rm -rf build" } }],
    shows: /rm -rf build/,
    read: ["asking_permission"],
  },
  {
    name: "a permission for a file",
    steps: [{ permission: { tool: "Write", text: "a.txt\nhello" } }],
    shows: /a\.txt/,
    read: ["asking_permission"],
  },
  {
    name: "a question",
    steps: [{ question: { text: "Which colour should it be?", choices: ["Red", "Blue"] } }],
    shows: /Blue/,
    read: ["asking_question"],
  },
  { name: "a hang", steps: ["hang"], shows: /Hanging/, read: ["working"] },
  {
    name: "a tool at work",
    steps: [{ tool: { name: "Bash", about: "npm test", ms: 60_000 } }],
    shows: /npm test/,
    read: ["working"],
  },
  {
    name: "text that streams",
    steps: [{ stream: { text: "one two three ".repeat(200), ms: 60_000 } }],
    shows: /one two/,
    read: ["working"],
  },
  {
    name: "a request that is repeated",
    steps: [{ say: "Trying" }, { retrying: { ms: 60_000, attempt: 2 } }],
    shows: /Trying/,
    read: ["retrying"],
  },
  { name: "lies at work", steps: [{ say: lies }, "hang"], shows: /Hanging/, read: ["working"] },
  { name: "the end of a turn", steps: [{ say: "Done" }], shows: /Done/, read: ["idle"] },
  { name: "lies at rest", steps: [{ say: lies }], shows: /Task completed/, read: ["idle"] },
  { name: "an error", steps: [{ fail: "API Error: 529" }], shows: /529/, read: ["failed"] },
  { name: "a usage limit", steps: ["limit"], shows: /limit|quota/, read: ["limited", "dialog"] },
];

/** Cases as a look shows them: what the real agent does not tell, its look does not either. */
const looks: Readonly<Record<string, readonly Case[]>> = {
  claude: cases,
  codex: cases,
  gemini: readAs("a request that is repeated", "working"),
  opencode: readAs("a usage limit", "failed"),
  // Only silence tells that such an agent is at rest.
  generic: cases.slice(-4).map((one) => ({ ...one, read: ["unknown"] })),
};

function readAs(name: string, state: ScreenState): readonly Case[] {
  return cases.map((one) => (one.name === name ? { ...one, read: [state] } : one));
}

for (const [like, shown] of Object.entries(looks)) {
  describe(`the profile ${like}`, { concurrency: 4 }, () => {
    test("reads the first screen and one with a draft rightly", async () => {
      const profile = await loadProfile({ profile: like, root: "/" });
      const agent = await stage.start({ like });
      const first = await agent.see(/❯|›|Type your message|Ask anything/);
      const { state, says, composer } = profile.read(first);
      assert.equal(state, like === "generic" ? "unknown" : "idle", says);
      assert.deepEqual(composer, { text: "", isFolded: false });
      await agent.pane.type("words of mine");
      const draft = profile.read(await agent.see(/words of mine/));
      assert.equal(draft.state, "draft", draft.says);
      assert.equal(draft.composer?.text, "words of mine");
      await agent.pane.close();
    });

    for (const { name, steps, shows, read } of shown) {
      test(`reads ${name} rightly`, async () => {
        const profile = await loadProfile({ profile: like, root: "/" });
        const agent = await stage.start({ like, turns: [steps] });
        await agent.see(/❯|›|Type your message|Ask anything/);
        await agent.prompt("Do what it says");
        await agent.see(shows);
        await agent.until(
          async () => {
            const { state } = profile.read(await agent.pane.capture());
            return read.includes(state) || null;
          },
          `a screen that is read as ${read.join(" or ")}`,
        );
        await agent.pane.close();
      });
    }
  });
}

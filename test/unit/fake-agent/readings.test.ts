/**
 * The profiles, which were made from recordings of the real agents, read the fake agent's screens as
 * what they are. So a driver that does well with the fake agent has not been fooled by its looks.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadProfile } from "../../../src/agents/profile/load-profile.ts";
import type { Profile, Reading, ScreenState } from "../../../src/agents/profile/profile.ts";
import { type ScreenAgent, ScreenStage, type Steps } from "./screen-stage.ts";

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

/** A prompt's steps, and how the screen is to be read then: one of these. */
interface Case {
  readonly name: string;
  readonly steps: Steps;
  readonly read: readonly ScreenState[];
  /** It comes to its end by itself. */
  readonly ends: boolean;
}

const asks: readonly Omit<Case, "ends">[] = [
  {
    name: "a permission for a command",
    steps: [{ permission: { tool: "Bash", text: "rm -rf build" } }],
    read: ["asking_permission"],
  },
  {
    name: "a permission for a file",
    steps: [{ permission: { tool: "Write", text: "a.txt\nhello" } }],
    read: ["asking_permission"],
  },
  {
    name: "a question",
    steps: [{ question: { text: "Which colour should it be?", choices: ["Red", "Blue"] } }],
    read: ["asking_question"],
  },
];
const work: readonly Omit<Case, "ends">[] = [
  { name: "a hang", steps: ["hang"], read: ["working"] },
  {
    name: "a tool at work",
    steps: [{ tool: { name: "Bash", about: "npm test", ms: 60_000 } }],
    read: ["working"],
  },
  {
    name: "text that streams",
    steps: [{ stream: { text: "one two three ".repeat(200), ms: 60_000 } }],
    read: ["working"],
  },
  {
    name: "a request that is repeated",
    steps: [{ say: "Trying" }, { retrying: { ms: 60_000, attempt: 2 } }],
    read: ["retrying"],
  },
  { name: "lies at work", steps: [{ say: lies }, "hang"], read: ["working"] },
];
const ends: readonly Omit<Case, "ends">[] = [
  { name: "the end of a turn", steps: [{ say: "Done" }], read: ["idle"] },
  { name: "lies at rest", steps: [{ say: lies }], read: ["idle"] },
  { name: "an error", steps: [{ fail: "API Error: 529" }], read: ["failed"] },
  { name: "a usage limit", steps: ["limit"], read: ["limited", "dialog"] },
];
const cases: readonly Case[] = [
  ...[...asks, ...work].map((one) => ({ ...one, ends: false })),
  ...ends.map((one) => ({ ...one, ends: true })),
];

/** Cases as a look shows them: what the real agent does not tell, its look does not either. */
const looks: Readonly<Record<string, readonly Case[]>> = {
  claude: cases,
  codex: cases,
  gemini: readAs("a request that is repeated", "working"),
  opencode: readAs("a usage limit", "failed"),
  // Only silence tells that such an agent is at rest.
  generic: cases.filter((one) => one.ends).map((one) => ({ ...one, read: ["unknown"] })),
};

function readAs(name: string, state: ScreenState): readonly Case[] {
  return cases.map((one) => (one.name === name ? { ...one, read: [state] } : one));
}

for (const [like, shown] of Object.entries(looks)) {
  test(`the profile ${like} reads each state rightly, with all earlier ones still on the screen`, async () => {
    const profile = await loadProfile({ profile: like, root: "/" });
    const agent = await stage.start({ like, turns: shown.map(({ steps }) => steps) });
    const first = profile.read(await agent.see(/❯|›|Type your message|Ask anything/));
    assert.equal(first.state, like === "generic" ? "unknown" : "idle", first.says);
    assert.deepEqual(first.composer, { text: "", isFolded: false });
    const see = (what: string, isSeen: (reading: Reading) => boolean) =>
      agent.until(async () => isSeen(profile.read(await agent.pane.capture())) || null, what);
    for (const [n, { name, read, ends: isOver }] of shown.entries()) {
      const prompt = `Prompt ${n + 1}, for ${name}`;
      await agent.paste(prompt);
      await see(
        "the draft",
        ({ state, composer }) => state === "draft" && composer?.text === prompt,
      );
      await agent.pane.keys("Enter");
      if (isOver) await agent.turns(n + 1);
      await see(
        `${name}, read as ${read.join(" or ")}, by all that tells it`,
        ({ state }) =>
          read.includes(state) && told(profile, agent).every((states) => isAnyOf(states, read)),
      );
      if (isOver) continue;
      for (const key of profile.keys.interrupt) await agent.pane.keys(key);
      await agent.turns(n + 1);
      await see("the empty composer", ({ composer }) => composer?.text === "");
    }
    await agent.pane.close();
  });
}

/** Modals before the first prompt: how many choices each offers, and the one that goes on. */
const modals = {
  claude: { trust: [2, 1], bypass: [2, 2], api_key: [2, 1], login: [2, 1] },
  codex: { trust: [2, 1], login: [3, 3], update: [3, 2] },
  gemini: { trust: [3, 1], login: [3, 2] },
} as const;

for (const [like, dialogs] of Object.entries(modals)) {
  test(`the profile ${like} knows a modal that has the keys, with its choices`, async () => {
    const profile = await loadProfile({ profile: like, root: "/" });
    const agent = await stage.start({ like, manners: { dialogs: Object.keys(dialogs) } });
    for (const [name, [count, digit]] of Object.entries(dialogs)) {
      await agent.until(async () => {
        const { state, composer, dialog } = profile.read(await agent.pane.capture());
        const choices = dialog?.choices ?? [];
        const selected = choices.filter((choice) => choice.isSelected).length;
        const isKnown = state === "dialog" && composer === null && dialog?.kind === "dialog";
        return (isKnown && choices.length === count && selected === 1) || null;
      }, `the modal ${name} with ${count} choices`);
      await agent.pane.type(String(digit));
      await agent.until(
        async () =>
          agent.record.some((line) => line.type === "answer" && line.name === name) || null,
        "its answer",
      );
    }
    await agent.until(
      async () => profile.read(await agent.pane.capture()).state === "idle" || null,
      "the composer",
    );
    await agent.pane.close();
  });
}

/** What title and OSC say at this moment, where they say anything. */
function told(profile: Profile, agent: ScreenAgent): readonly (readonly ScreenState[])[] {
  const title = profile.readTitle(agent.titles.at(-1) ?? "none");
  const osc = profile.readOsc(7501, agent.states.at(-1) ?? "none");
  return [title, osc].flatMap((assertion) => (assertion === null ? [] : [assertion.states]));
}

function isAnyOf(states: readonly ScreenState[], wanted: readonly ScreenState[]): boolean {
  return wanted.some((state) => states.includes(state));
}

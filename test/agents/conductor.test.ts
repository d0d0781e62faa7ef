/**
 * The role of the conductor moves between the real CLIs, under the real `bin/temoin run`: by a full
 * context, a used-up limit and a kill. The successor has the handoff in its first prompt and settles
 * the point, and whatever still speaks with the token of the old term is refused.
 */

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { landings } from "../e2e/scratch-project.ts";
import { openTools } from "../e2e/tool-client.ts";
import { chosenAgents, isFull } from "./chosen.ts";
import { type ConductorStage, openConductorStage, type Sitter } from "./conductor-stage.ts";
import type { AgentKind } from "./pins.ts";

/** How the first one goes out of office, after its five calls of temoin. */
interface WayOut {
  readonly how: string;
  readonly words: (kind: AgentKind) => string;
  readonly act?: (stage: ConductorStage) => void;
  readonly why: RegExp;
}

/** Nearly all of what its model takes. */
const nearlyAll: Readonly<Partial<Record<AgentKind, number>>> = {
  claude: 195_000,
  codex: 256_000,
  opencode: 270_000,
  gemini: 1_040_000,
};

const full: WayOut = {
  how: "its context is full",
  // Told with the step before: what comes after it waits to be interrupted.
  words: (kind) => `run={{temoin status}} usage=${nearlyAll[kind]} from=5 fail=silence at=6`,
  why: /context 99 %/,
};
const limited: WayOut = {
  how: "its plan is used up",
  words: () => "fail=usage_limit at=5",
  why: /limit|quota/,
};
const killed: WayOut = {
  how: "it is killed",
  words: () => "fail=silence at=5",
  act: (stage) => stage.kill(),
  why: /ended|SIGKILL|killed|has died/,
};

const claude: Sitter = { kind: "claude", transport: "headless", more: { window: "196k" } };
const codex: Sitter = { kind: "codex", transport: "headless" };
const opencode: Sitter = { kind: "opencode", transport: "headless" };
const gemini: Sitter = { kind: "gemini", transport: "acp" };

interface Case {
  readonly from: Sitter;
  readonly to: Sitter;
  readonly out: WayOut;
  readonly isLong?: true;
}

const cases: readonly Case[] = [
  { from: claude, to: codex, out: full },
  { from: claude, to: codex, out: limited },
  { from: claude, to: codex, out: killed },
  { from: codex, to: claude, out: full, isLong: true },
  { from: codex, to: claude, out: limited, isLong: true },
  { from: codex, to: claude, out: killed },
  ...[full, limited, killed].flatMap((out): readonly Case[] => [
    { from: onScreen(claude), to: onScreen(codex), out, isLong: true },
    { from: onScreen(codex), to: opencode, out, isLong: true },
    { from: opencode, to: onScreen(gemini), out, isLong: true },
  ]),
  // At its limit it may ask its model once more, by itself, and the scripted one answers.
  ...[full, killed].map((out): Case => {
    return { from: onScreen(gemini), to: onScreen(claude), out, isLong: true };
  }),
];

function onScreen(sitter: Sitter): Sitter {
  return { ...sitter, transport: "tmux" };
}

const chosen = cases.filter(({ from, to, isLong }) => {
  const isThere = ({ kind }: Sitter) => chosenAgents().includes(kind);
  return isThere(from) && isThere(to) && (isFull() || isLong !== true);
});

/** Claude Code in a window may have its tools from the second step on (docs/mcp.md). */
const begin = ["run={{temoin status}}", "mcp=temoin.acknowledge text={{{}}}"];

const temoin = fileURLToPath(new URL("../../bin/temoin", import.meta.url));
const work = [
  'grep -q "two lines" "$TEMOIN_PROMPT_FILE"',
  'until [ -e "$HOME/tried" ]; do sleep 0.05; done',
  "echo done > t1.txt",
].join(" && ");

for (const { from, to, out } of chosen) {
  const between = [from, to].map(({ kind, transport }) => `${kind} (${transport})`).join(" → ");
  test(`${between}: the role moves with its decisions when ${out.how}`, {
    timeout: 300_000,
  }, async () => {
    const first = [
      ...begin,
      'mcp=temoin.decide text={{{"text":"Keep the parser."}}}',
      'mcp=temoin.edit text={{{"id":"T-1","body":"Write two lines."}}}',
      'mcp=temoin.report text={{{"kind":"handoff","text":"T-1 is odd."}}}',
      out.words(from.kind),
    ];
    const second = [
      ...begin,
      'mcp=temoin.retry text={{{"id":"T-1"}}}',
      "say={{It is opened again.}}",
    ];
    const words = (term: number): string => (term === 1 ? first : second).join("\n");
    await using stage = await openConductorStage({ order: [from, to], words, work });
    const { scratch } = stage;
    const ended = scratch.ended(scratch.startTemoin("run"));
    // A run that ends too early tells why, instead of a wait that is too long.
    const over = ended.then(async ({ stdout, stderr }) => {
      throw new Error(await stage.story(stdout, stderr));
    });
    over.catch(() => {});
    if (out.act !== undefined) {
      await Promise.race([stage.untilStep(1, 5), over]);
      out.act(stage);
    }
    await Promise.race([stage.untilStep(2, second.length - 1), over]);
    await assertRefused(stage, to.kind);
    await writeFile(path.join(scratch.folder, "tried"), "");
    const { code, stdout, stderr } = await ended;
    const about = await stage.story(stdout, stderr);
    assert.equal(code, 0, about);
    assert.deepEqual(await landings(scratch), ["T-1"], about);

    const appointed = await stage.events("conductor_appointed");
    assert.deepEqual(
      appointed.map(({ term, agent, after }) => [term, agent, after]),
      [
        [1, from.kind, null],
        [2, to.kind, from.kind],
      ],
      about,
    );
    assert.match(appointed[1].why, out.why, about);
    const acknowledged = await stage.events("conductor_acknowledged");
    assert.deepEqual(
      acknowledged.map(({ term }) => term),
      [1, 2],
      about,
    );
    const decided = await stage.events("conductor_decided");
    assert.deepEqual(
      decided.map(({ term, by, text }) => [term, by, text]),
      [[1, from.kind, "Keep the parser."]],
      about,
    );
    const handoff = await scratch.read(`.temoin/handoff/${from.kind}_to_${to.kind}.md`);
    assert.match(handoff, new RegExp(`- .*term 1, ${from.kind}: Keep the parser\\.`), handoff);
    assert.match(handoff, /^> T-1 is odd\.$/m, handoff);
    const prompt = stage.prompt(2) ?? "";
    assert.ok(prompt.includes(handoff.trim()), `${handoff}\n---\n${prompt}`);
    assert.match(prompt, new RegExp(`You follow ${from.kind}\\.`));
    assert.deepEqual(await stage.seat(), [], about);
  });
}

/** Asks by its tool, and does its work when its prompt tells the answer. */
const asking = [
  'if grep -q "answer is: .*blue" "$TEMOIN_PROMPT_FILE"; then echo blue > t1.txt; else echo half > half.txt;',
  `printf '%s\\n' '${[
    {
      id: 1,
      method: "initialize",
      params: {
        protocolVersion: "2025-06-18",
        capabilities: {},
        clientInfo: { name: "worker", version: "1" },
      },
    },
    { method: "notifications/initialized" },
    {
      id: 2,
      method: "tools/call",
      params: { name: "ask", arguments: { question: "Which colour?", choices: ["red", "blue"] } },
    },
  ]
    .map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }))
    .join("' '")}' | temoin mcp --role worker; fi`,
].join(" ");

for (const sitter of [codex, claude, opencode, gemini]) {
  const isLong = sitter !== codex;
  if (!chosenAgents().includes(sitter.kind) || (isLong && !isFull())) continue;
  test(`${sitter.kind} (${sitter.transport}): it answers what an agent asks, and the task is done by it`, {
    timeout: 300_000,
  }, async () => {
    const words = (): string =>
      [...begin, 'mcp=temoin.answer text={{{"ask":"Q-1","choice":"blue"}}}'].join("\n");
    await using stage = await openConductorStage({ order: [sitter], words, work: asking });
    const { scratch } = stage;
    const { code, stdout, stderr } = await scratch.temoin("run");
    const about = await stage.story(stdout, stderr);
    assert.equal(code, 0, about);
    assert.equal(await scratch.git("show", "main:t1.txt"), "blue", about);
    assert.match(about, new RegExp(`${sitter.kind} \\| answered Q-1: blue`), about);
    assert.match(stdout, new RegExp(` ${sitter.kind} +to T-1: .*blue`), about);
  });
}

/** With the token of the first term, in a shell and by a tool. */
async function assertRefused(stage: ConductorStage, holder: AgentKind): Promise<void> {
  const { scratch } = stage;
  const says = new RegExp(`Term 1 of the conductor has ended: term 2 is ${holder}'s`);
  const token = stage.tokenOf(1);
  const late = await scratch.run("env", [`TEMOIN_TOKEN=${token}`, temoin, "decide", "late"]);
  assert.equal(late.code, 1);
  assert.match(late.stderr, says);
  await using tools = await openTools(scratch, ["--role", "conductor"], { TEMOIN_TOKEN: token });
  for (const [tool, input] of [
    ["cancel", { id: "T-1" }],
    ["decide", { text: "late" }],
  ] as const) {
    const answer = await tools.call(tool, input);
    assert.equal(answer.isError, true, tool);
    assert.match(answer.text, says, tool);
  }
}

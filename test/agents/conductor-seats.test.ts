/**
 * The role of the conductor in the hands of the real CLIs, under the real `bin/temoin run`: each
 * takes it by temoin's own tools, records a decision, and opens a failed task again with another
 * brief. What it would write in its seat is refused, though it has `autonomy: full`, and it goes on.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { landings } from "../e2e/scratch-project.ts";
import { chosenAgents, isFull } from "./chosen.ts";
import { openConductorStage, type Sitter } from "./conductor-stage.ts";

/** Whoever is told of two lines can do it. */
const work = 'grep -q "two lines" "$TEMOIN_PROMPT_FILE" && echo done > t1.txt';

interface Way extends Sitter {
  /** It is not even offered a tool that writes files. */
  readonly hasNoPen?: true;
  /** The same seat on a screen, or without one: what differs is how it is told of an ask. */
  readonly isLong?: true;
}

const ways: readonly Way[] = [
  { kind: "claude", transport: "headless" },
  { kind: "claude", transport: "tmux", isLong: true },
  { kind: "codex", transport: "headless" },
  { kind: "codex", transport: "tmux", isLong: true },
  { kind: "opencode", transport: "headless" },
  { kind: "opencode", transport: "tmux", isLong: true },
  { kind: "gemini", transport: "acp", isLong: true },
  { kind: "gemini", transport: "tmux", hasNoPen: true },
  { kind: "acp", transport: "acp", isLong: true },
];

const chosen = ways.filter(({ kind, isLong }) => {
  return chosenAgents().includes(kind) && (isFull() || isLong !== true);
});

for (const { kind, transport, hasNoPen } of chosen) {
  test(`${kind}, ${transport}: it takes the role, decides, and changes no file in its seat`, {
    timeout: 300_000,
  }, async () => {
    const script = [
      // Claude Code in a window may have its tools from the second step on (docs/mcp.md).
      "run={{temoin status}}",
      "mcp=temoin.acknowledge text={{{}}}",
      'mcp=temoin.decide text={{{"text":"The brief says too little."}}}',
      ...(hasNoPen === true ? [] : ["write=by-tool.txt text=mine"]),
      "run={{temoin status && touch by-shell.txt}}",
      "run={{temoin decide said-in-the-shell}} escalate",
      'mcp=temoin.edit text={{{"id":"T-1","body":"Write two lines."}}}',
      'mcp=temoin.retry text={{{"id":"T-1"}}}',
    ];
    const words = (): string => script.join("\n");
    await using stage = await openConductorStage({ order: [{ kind, transport }], words, work });
    const { scratch } = stage;
    const { code, stdout, stderr } = await scratch.temoin("run");
    const about = await stage.story(stdout, stderr);
    assert.equal(code, 0, about);
    assert.deepEqual(await landings(scratch), ["T-1"], about);
    // Also out of the sandbox of codex, where the lock of the project cannot be tried.
    assert.doesNotMatch(about, /temoin is not running/);
    assert.deepEqual(
      (await stage.events("conductor_decided")).map(({ term, by, text }) => [term, by, text]),
      [
        [1, kind, "The brief says too little."],
        [1, kind, "said-in-the-shell"],
      ],
      about,
    );
    assert.equal((await stage.events("conductor_appointed")).length, 1, about);
    assert.deepEqual(await stage.seat(), [], about);
    assert.equal(await scratch.git("ls-files", "*.txt"), "t1.txt", about);
  });
}

/**
 * A question of a real CLI, answered by the brief of its task under the real `bin/temoin run`: it
 * waits for nobody, and what it does next is what the brief said.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { openScratch } from "../e2e/scratch-project.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

const brief = `One file.

<fake>
ask={{Which colour shall it have?}} choices=Red,Blue write=colour.txt text=asked
</fake>

## Answers
- colour: blue
`;

interface Case {
  readonly kind: AgentKind;
  readonly how: string;
  readonly agent: Readonly<Record<string, unknown>>;
}

const cases: readonly Case[] = [
  { kind: "claude", how: "headless", agent: { driver: "claude", transport: "headless" } },
  { kind: "claude", how: "in tmux", agent: { driver: "claude", transport: "tmux" } },
  { kind: "opencode", how: "headless", agent: { driver: "opencode", transport: "headless" } },
];

for (const { kind, how, agent } of cases) {
  test(`${kind}, ${how}: its question is answered by the brief`, { timeout: 300_000 }, async () => {
    await using server = await openModelServer();
    await using scratch = await openScratch();
    await using launch = await openLaunch(kind, { url: server.url, trusted: [scratch.folder] });
    const entry = { ...agent, command: [launch.command[0]], env: launch.env };
    await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents: { [kind]: entry } }));
    await scratch.git("commit", "--quiet", "--all", "--message", "an agent that asks");
    const file = path.join(scratch.folder, "brief.md");
    await scratch.run("sh", ["-c", 'printf "%s" "$1" > "$2"', "sh", brief, file]);
    const added = await scratch.temoin("add", "A colour", "-f", file);
    assert.equal(added.code, 0, added.stderr);

    const { code, stdout, stderr } = await scratch.temoin("run");
    const log = await scratch.read(".temoin/LOG.md").catch(() => "no log");
    assert.equal(code, 0, [stdout, stderr, log].join("\n"));
    assert.equal(await scratch.read("colour.txt"), "asked\n");
    assert.match(log, /answered Q-1: Blue \(its brief says “colour: blue”\)/);
    const { task } = await scratch.json("show", "T-1");
    const told: readonly { readonly says: string }[] = task.attempts[0].evidence;
    const answer = told.find(({ says }) => says.includes("answered “Blue”"));
    assert.match(answer?.says ?? "", /^Q-1, “Which colour shall it have\?”: answered “Blue”/);
  });
}

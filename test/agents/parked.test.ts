/**
 * A question of a real CLI that nobody answers while other work is ready, under the real
 * `bin/temoin run`: its turn is ended at the question, the same session does the other task, and the
 * answer lets the first one go on from its files.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { landings } from "../e2e/scratch-project.ts";
import { openStage } from "../e2e/stage.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

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

const asks =
  "Two files.\n\n<fake>\nwrite=half.txt text=half ask={{Which colour?}} choices=Red,Blue write=never.txt text=no\n</fake>\n";
const other = "One file.\n\n<fake>write=other.txt text=other</fake>\n";
/** The last script in a prompt is the one that is played. */
const words = "Blue. <fake>write=whole.txt text=blue</fake>";

for (const { kind, how, agent } of cases) {
  test(`${kind}, ${how}: its slot does other work while its question waits`, {
    timeout: 400_000,
  }, async () => {
    await using server = await openModelServer();
    await using stage = await openStage();
    const { scratch } = stage;
    await using launch = await openLaunch(kind, { url: server.url, trusted: [scratch.folder] });
    const entry = { ...agent, command: [launch.command[0]], env: launch.env };
    const watch = { park: "1s" };
    const config = { version: 1, agents: { [kind]: entry }, watch };
    await scratch.write("temoin.yaml", JSON.stringify(config));
    await scratch.git("commit", "--quiet", "--all", "--message", "an agent that asks");
    for (const [name, brief] of Object.entries({ asks, other })) {
      const file = path.join(scratch.folder, `${name}.md`);
      await scratch.run("sh", ["-c", 'printf "%s" "$1" > "$2"', "sh", brief, file]);
      assert.equal((await scratch.temoin("add", name, "-f", file)).code, 0);
    }

    const ended = scratch.ended(scratch.startTemoin("run"));
    const parked = stage.rows("needs a person: it waits for your answer to Q-1");
    await Promise.race([parked, ended.then(({ stderr }) => assert.fail(stderr))]);
    const answered = await scratch.temoin("answer", "Q-1", "--text", words);
    assert.equal(answered.code, 0, answered.stderr);
    let { code, stdout, stderr } = await ended;
    // The other task may have been done before the answer came.
    if (code === 4) ({ code, stdout, stderr } = await scratch.temoin("run"));
    const log = await scratch.read(".temoin/LOG.md");
    assert.equal(code, 0, [stdout, stderr, log].join("\n"));
    assert.deepEqual([...(await landings(scratch))].sort(), ["T-1", "T-2"]);
    assert.equal(await scratch.read("half.txt"), "half\n");
    assert.equal(await scratch.read("whole.txt"), "blue\n");
    await assert.rejects(scratch.read("never.txt"));
    assert.deepEqual(await stage.attempts("T-1"), [`handed_off ${kind}`, `verified ${kind}`]);
  });
}

/** A task that the real Claude Code cannot finish for want of room is finished by the real codex. */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { landings, openScratch } from "../e2e/scratch-project.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { openLaunch } from "./launch.ts";

// While codex has the first task, the second one is with claude: that codex is free again, it waits for.
const half = [
  "mkdir -p work",
  "echo half > work/half.txt",
  "until git cat-file -e refs/temoin/target/main:one.txt; do sleep 0.2; done",
].join(" && ");
const second = `run={{if [ -e work/half.txt ]; then echo whole > work/whole.txt; else ${half}; fi}}
next usage=195000 sleep=120`;

test("claude → codex: a full context is handed on with its work", {
  timeout: 300_000,
}, async () => {
  await using server = await openModelServer();
  await using scratch = await openScratch();
  const launching = { url: server.url, trusted: [scratch.folder] };
  await using claude = await openLaunch("claude", launching);
  await using codex = await openLaunch("codex", launching);
  const agents = {
    codex: { driver: "codex", transport: "headless", command: [codex.command[0]], env: codex.env },
    claude: {
      driver: "claude",
      transport: "headless",
      command: [claude.command[0]],
      env: claude.env,
      window: "196k",
    },
  };
  const gates = [{ name: "whole", run: "test ! -e work/half.txt || test -e work/whole.txt" }];
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents, gates }));
  await scratch.git("commit", "--quiet", "--all", "--message", "two agents and a gate");
  for (const [title, script] of [
    ["Write the first", "write=one.txt text={{one}}"],
    ["Write both halves", second],
  ] as const) {
    const brief = path.join(scratch.folder, "brief.md");
    const text = `The work is to be done.\n\n<fake>\n${script}\n</fake>\n`;
    await scratch.run("sh", ["-c", 'printf "%s" "$1" > "$2"', "sh", text, brief]);
    assert.equal((await scratch.temoin("add", title, "-f", brief)).code, 0);
  }
  const { code, stdout, stderr } = await scratch.temoin("run");
  const log = await scratch.read(".temoin/LOG.md");
  assert.equal(code, 0, [stdout, stderr, log].join("\n"));
  const { task } = await scratch.json("show", "T-2");
  const attempts: { readonly agent: string; readonly outcome: string; readonly why: string }[] =
    task.attempts;
  assert.deepEqual(
    attempts.map(({ agent, outcome }) => `${outcome} ${agent}`),
    ["handed_off claude", "verified codex"],
    log,
  );
  assert.match(attempts[0]?.why ?? "", /context 99 %/);
  assert.equal(await scratch.git("show", "main:work/half.txt"), "half");
  assert.equal(await scratch.git("show", "main:work/whole.txt"), "whole");
  const prompt = await scratch.read(".temoin/prompts/T-2/2/1.md");
  assert.match(prompt, /Attempt 1 by claude ended handed off/);
  assert(
    server.log.prompts.some((one) => one.trim() === prompt.trim()),
    "codex has got it",
  );
  assert.deepEqual((await landings(scratch)).toSorted(), ["T-1", "T-2"]);
});

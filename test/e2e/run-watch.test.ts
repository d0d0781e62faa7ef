/** A whole run with an agent that hangs: it is reminded, given up, and its task goes on elsewhere. */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { landings } from "./scratch-project.ts";
import { openStage, sh, write } from "./stage.ts";

const tui = fileURLToPath(new URL("../fake-agent/fake-tui.ts", import.meta.url));

test("one that hangs behind its spinner is reminded in its own conversation, and goes on", async () => {
  const script = {
    "T-1/1/1": [write("half.txt", "half\n"), "hang"],
    "T-1": [write("whole.txt", "whole\n")],
    manners: { enter_after_start_ms: 0 },
  };
  await using stage = await openStage({ files: { "ada.json": JSON.stringify(script) } });
  const file = path.join(stage.scratch.dir, "ada.json");
  const command = [process.execPath, tui, "--like", "claude", file];
  const agents = { ada: { driver: "terminal", profile: "claude", command } };
  const watch = { quiet: "500ms", nudge: "4s", giveUp: "1m" };
  await stage.scratch.write("temoin.yaml", stringify({ version: 1, agents, watch }));
  await stage.scratch.git("commit", "--quiet", "--all", "--message", "an agent in a terminal");
  await stage.add("T-1");
  const run = await stage.start();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.equal(run.of("nudged")[0]?.isLast, false);
  assert.equal(await stage.scratch.git("show", "main:half.txt"), "half");
});

test("an agent that hangs is looked at, reminded and given up; another one lands its task", async () => {
  await using stage = await openStage({
    config: { watch: { quiet: "300ms", nudge: "1500ms", giveUp: "3s" } },
    script: {
      "T-1/1": [sh("[ -e half.txt ] || echo half > half.txt"), "hang"],
      "T-1/2": [sh("test -e half.txt"), write("whole.txt", "whole\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.start();
  const quiet = await run.until("attempt_moved", ({ phase }) => phase === "quiet");
  assert.match(quiet.evidence[0]?.says ?? "", /^no progress for [\d.]+ s, no tool at work/);
  assert.equal((await run.over).exitCode, 0);

  assert.deepEqual(await stage.attempts("T-1"), ["stalled ada", "verified bo"]);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal(await stage.scratch.git("show", "main:half.txt"), "half", "what was done is kept");
  const nudges = run.of("nudged").map(({ isLast }) => isLast);
  assert.equal(nudges[0], false);
  assert.equal(nudges.indexOf(true), nudges.length - 1, "one last prompt, and nothing after it");
  assert.match(
    await stage.prompt("T-1", 1, 2),
    /You have three ways on:[\s\S]*temoin report blocked/,
  );
  assert.match(await stage.prompt("T-1", 1, nudges.length + 1), /the last prompt of this attempt/);
  const why = await stage.scratch.temoin("why", "T-1");
  assert.match(why.stdout, /attempt 1 by ada ended stalled: no progress for/);
  const log = await stage.scratch.read(".temoin/LOG.md");
  assert.match(
    log,
    /interrupted and reminded: no progress for .* \| T-1 \(attempt 1\) \| ⏳ quiet/,
  );
});

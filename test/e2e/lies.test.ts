/** Agents that claim success without it: none of them lands, and each is caught for its own reason. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addLies, lieFiles, lieGates, lieScript, lies } from "./lies.ts";
import { landings } from "./scratch-project.ts";
import { openStage, write } from "./stage.ts";

test("no lie lands; honest work beside it does, and a sabotaged script is a person's to judge", async () => {
  await using stage = await openStage({
    files: lieFiles,
    config: { gates: lieGates, attempts: { perTask: 1, feedbackRounds: 1 }, goal: ["queue"] },
    script: {
      ...lieScript(lies.length),
      "H-1": [write("src/honest.txt", "work\n"), write("tests/more.sh", "true\n")],
    },
  });
  await addLies(stage, lies.length);
  await stage.add("H-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 4);
  assert.deepEqual(await landings(stage.scratch), ["H-1"]);
  assert.equal(await stage.scratch.read("src/value.txt"), "42\n");
  const { inbox } = await stage.app.state();
  for (const [n, lie] of lies.entries()) {
    const task = await stage.task(`T-${n + 1}`);
    assert.ok(
      task.state === "needs_human" || task.state === "failed",
      `${lie.name}: ${task.state}`,
    );
    assert.match(task.why, lie.caughtBy, lie.name);
    const lines = [...inbox.values()].filter((item) => item.task === task.spec.id);
    assert.equal(lines.length, 1, `${lie.name} waits in the inbox`);
  }
  assert.equal(run.of("target_checked").length, 1, "the target is looked at once");
});

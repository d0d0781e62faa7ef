/** A target that was red before anybody worked: it is mended first, and nobody is blamed for it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lieFiles, lieGates } from "./lies.ts";
import { landings } from "./scratch-project.ts";
import { openStage, write } from "./stage.ts";

test("a red target gets a task that lands first; work that is not at fault waits and lands too", async () => {
  await using stage = await openStage({
    files: { ...lieFiles, "src/value.txt": "41\n" },
    config: { gates: lieGates },
    script: {
      "T-1": [write("src/other.txt", "work\n")],
      "FIX-1": [write("src/value.txt", "42\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(await landings(stage.scratch), ["FIX-1", "T-1"]);
  assert.match((await stage.attempts("T-1")).join(), /^verified \w+$/, "it has broken nothing");
  assert.equal(run.of("target_checked").length, 1, "what has landed since is known");
  assert.equal(run.of("target_green").length, 1);
  const prompt = await stage.prompt("FIX-1", 1, 1);
  assert.match(prompt, /tests\/value\.sh/);
  assert.match(prompt, /\.temoin\/proof\/target\/0\/\w+-gates-test\.log/);
});

/** A run that is killed before and after each step that it tells or does, and the run after it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { landings } from "../e2e/scratch-project.ts";
import { openStage } from "../e2e/stage.ts";

const program = fileURLToPath(new URL("boundary-run.ts", import.meta.url));

const steps = [
  "attempt_moved",
  "gates_ran",
  "attempt_ended",
  "landing_prepared",
  "swap",
  "follow",
  "landed",
  "goal_checked",
];

test("killed at any step, the next run lands the task once", async (t) => {
  await using stage = await openStage({
    config: { gates: [{ name: "there", run: "test -d work" }] },
  });
  const { scratch } = stage;
  let tasks = 0;
  for (const boundary of steps.flatMap((step) => [`before ${step}`, `after ${step}`])) {
    await t.test(boundary, async () => {
      tasks += 1;
      await stage.add(`T-${tasks}`);
      const killed = await scratch.run(process.execPath, [program, scratch.dir, boundary]);
      assert.equal(killed.signal, "SIGKILL", `${killed.stdout}${killed.stderr}`);
      const next = await stage.run();
      const { exitCode, why } = await next.over;
      assert.equal(exitCode, 0, `${why}\n${next.problems.join("\n")}`);
      const landed = await landings(scratch);
      assert.deepEqual(landed, namesUpTo(tasks), `after a kill ${boundary}`);
      assert.match(await scratch.read(`work/T-${tasks}.txt`), /^attempt [12]\n$/);
    });
  }
  await scratch.git("fsck", "--strict");
});

function namesUpTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `T-${n + 1}`);
}

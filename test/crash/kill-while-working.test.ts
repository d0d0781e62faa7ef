import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/lib/clock.ts";
import { addTask } from "../e2e/add-task.ts";
import { type Ended, landings, openScratch } from "../e2e/scratch-project.ts";

/** A run that works for longer is killed; one that ends before is left to end. */
const killAfterMs = 2_000;
/** After so many a life is longer: on a machine that is busy nothing may be done in two seconds. */
const patience = 8;

test("twelve tasks are done, each once, although temoin is killed every two seconds", async () => {
  await using scratch = await openScratch({
    agents: { ada: { slots: 2 } },
    script: {
      "*": [{ sleep: 500 }, { write: { path: "work/{task}.txt", text: "done\n" } }, { sleep: 100 }],
    },
    config: { gates: [{ name: "there", run: "test -d work" }] },
  });
  const names = Array.from({ length: 12 }, (_, n) => `T-${n + 1}`);
  for (const name of names) await addTask(scratch, name);

  let kills = 0;
  let last: Ended;
  for (;;) {
    const over = new AbortController();
    const child = scratch.startTemoin("run");
    const ended = scratch.ended(child).finally(() => over.abort());
    // From its first line, so that a slow machine gets as far as a quick one.
    const begun = Promise.withResolvers<void>();
    child.stdout?.once("data", () => begun.resolve());
    await Promise.race([begun.promise, ended]);
    // The end of the run cuts the wait short, which is no failure.
    await systemClock
      .until(systemClock.now() + killAfterMs * (1 + Math.floor(kills / patience)), over.signal)
      .then(() => child.kill("SIGKILL"))
      .catch(() => undefined);
    last = await ended;
    if (last.signal === null) break;
    kills += 1;
    assert.ok(kills < 40, "it never ends");
  }
  assert.equal(last.code, 0, last.stdout + last.stderr);
  assert.ok(kills >= 2, `only ${kills} kills: the test has proved nothing`);
  assert.deepEqual((await landings(scratch)).toSorted(), names.toSorted());
  await scratch.git("fsck", "--strict");
});

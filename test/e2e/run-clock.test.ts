/** The clock of the machine is set by hours while agents work: nothing comes early, or never. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOf } from "../../src/lib/clock.ts";
import { landings } from "./scratch-project.ts";
import { openStage, waitSilently, write } from "./stage.ts";

const hour = 3_600_000;

const silent = {
  agents: { ada: {} },
  script: { "*": [waitSilently("go"), write("work/{task}.txt", "done\n")] },
  config: {
    gates: [{ name: "check", run: "true" }],
    watch: { quiet: "1s", nudge: "10m", giveUp: "20m" },
  },
};

for (const [way, aheadMs] of [
  ["ahead", 5 * hour],
  ["back", -5 * hour],
] as const) {
  test(`a clock set ${way} by five hours ends no turn, and holds nothing up`, async () => {
    await using stage = await openStage(silent);
    await stage.add("T-1 T-2");
    let setMs = 0;
    const run = await stage.start({ clock: clockOf(() => Date.now() + setMs) });
    await run.untilWorking("T-1");
    setMs = aheadMs;
    // Silent for a second, as it passes: then it is looked at, and is left to its work.
    await run.until("attempt_moved", ({ phase }) => phase === "quiet");
    await stage.open("go");
    assert.equal((await run.over).exitCode, 0);
    assert.deepEqual(run.of("nudged"), []);
    assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
    assert.deepEqual(await stage.attempts("T-2"), ["verified ada"]);
    assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
    assert.match(await stage.scratch.read(".temoin/STATUS.md"), /the goal is met/);
    const noted = run.of("clock_set_back").map(({ byMs }) => Math.round(byMs / hour));
    assert.deepEqual(noted, way === "back" ? [5] : []);
  });
}

test("what was kept by a clock that has been set back since is taken up at once", async () => {
  await using stage = await openStage({
    ...silent,
    script: { "*": [write("work/{task}.txt", "done\n")] },
  });
  await stage.add("T-1");
  const first = await stage.start({ clock: clockOf(() => Date.now() + 5 * hour) });
  await first.until("attempt_offered");
  first.handle.interrupt({ exitCode: 130, why: "enough" });
  await first.over;
  const next = await stage.start();
  assert.equal((await next.over).why.includes("limit"), false);
  assert.equal(next.of("clock_set_back").length, 1);
});

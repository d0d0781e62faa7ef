import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "../task-spec.ts";
import { FullDisk } from "./full-disk.ts";
import { landings } from "./scratch-project.ts";
import { openStage, sh, wait, write } from "./stage.ts";

test("a full disk loses nothing that was acknowledged: the work waits, says so once, and resumes", async () => {
  await using stage = await openStage({
    config: { gates: [{ name: "there", run: "ls *.txt" }] },
    script: { "*": [wait("go"), write("{task}.txt", "x\n")] },
  });
  await stage.add("T-1 T-2 T-3 T-4");
  const disk = new FullDisk();
  const run = await stage.start({ decorateStore: disk.over });
  await run.untilWorking("T-1");
  await run.untilWorking("T-2");
  disk.isFull = true;
  await stage.open("go");
  await run.untilTold(/the disk is full\. The work waits/);
  const seen = run.events.length;
  await assert.rejects(stage.app.ask({ type: "cancel", id: id("T-4") }), { code: "disk" });
  assert.equal((await stage.app.state()).seq, run.events.length + 4, "what was told is on disk");
  assert.equal(run.events.length, seen);
  await disk.untilRefused(4);
  disk.isFull = false;
  await run.untilTold(/can be written again/);
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.equal(run.problems.length, 2, run.problems.join("\n"));
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ["T-1", "T-2", "T-3", "T-4"]);
  for (const name of ["T-1", "T-2", "T-3", "T-4"]) {
    assert.equal((await stage.attempts(name)).length, 1, name);
  }
  assert.deepEqual(await stage.app.events(4), run.events, "the log is what was told");
});

test("with less than `disk.free` no attempt begins, everybody is told, and it goes on by itself", async () => {
  await using stage = await openStage({ agents: { ada: {} }, config: { disk: { free: "1G" } } });
  await stage.add("T-1 T-2");
  let freeBytes = 12 * 1024 ** 2;
  const run = await stage.start({ readDisks: async () => [{ dir: "/state", freeBytes }] });
  await run.until("disk_low", () => true);
  const says =
    /only 12 MiB are free under \/state, and `disk\.free` is 1 GiB: no new attempt begins/;
  const { scratch } = stage;
  assert.match((await scratch.temoin("status")).stdout, says);
  assert.equal((await scratch.json("status")).run.lowDisk.freeBytes, freeBytes);
  assert.match((await scratch.temoin("why", "T-1")).stdout, says);
  assert.match((await scratch.temoin("why", "ada")).stdout, says);
  assert.match((await scratch.temoin("inbox")).stdout, says);
  assert.equal(run.of("attempt_offered").length, 0);
  freeBytes = 2 * 1024 ** 3;
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.equal(run.of("disk_enough").length, 1);
  assert.equal((await stage.app.state()).inbox.size, 0);
  assert.deepEqual(await landings(scratch), ["T-1", "T-2"]);
});

test("a disk that is full in the middle of a landing leaves one merge, not two", async () => {
  await using stage = await openStage({ agents: { ada: {} } });
  await stage.add("T-1 T-2");
  const disk = new FullDisk();
  const run = await stage.start({
    decorateStore: disk.over,
    decorate: (hands) => ({
      ...hands,
      target: {
        ...hands.target,
        async swap(expected, next) {
          disk.isFull = disk.refusals === 0;
          return hands.target.swap(expected, next);
        },
      },
    }),
  });
  await run.untilTold(/The work waits/);
  disk.isFull = false;
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
});

test("a run can be ended while the disk is full; the next one goes on from the saved work", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [write("part.txt", "part\n"), sh('touch "$HOME/part"'), "hang"],
      "T-1/2": [sh("cat part.txt > whole.txt")],
    },
  });
  await stage.add("T-1");
  const disk = new FullDisk();
  const run = await stage.start({ decorateStore: disk.over });
  await run.untilWorking("T-1");
  await stage.appears("part");
  disk.isFull = true;
  const over = assert.rejects(run.over, { code: "disk" });
  run.handle.interrupt({ exitCode: 130, why: "a person asked" });
  await over;
  assert.equal(await stage.app.holder(), null);
  disk.isFull = false;
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["lost ada", "verified ada"]);
  assert.equal(await stage.scratch.read("whole.txt"), "part\n");
});

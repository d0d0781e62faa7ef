import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { openStage, wait, write } from "./stage.ts";

test("`clean` lists, and with --yes removes what has landed; what is at work or unmerged stays", async () => {
  await using stage = await openStage({
    config: {
      attempts: { perTask: 1, feedbackRounds: 0 },
      gates: [{ name: "g", run: "test ! -e red" }],
    },
    script: {
      "T-1": [write("a.txt", "a\n")],
      "T-2": [write("red", "x\n")],
      "T-3": [wait("go"), write("c.txt", "c\n")],
    },
  });
  const { scratch } = stage;
  await stage.add("T-1 T-2 T-3");
  const run = await stage.start();
  await run.untilWorking("T-3");
  await run.until("landed", (one) => one.task === "T-1");
  await run.until("task_failed", (one) => one.task === "T-2");

  const during = await scratch.json("clean", "--older-than", "1ms");
  const goes = (answer: typeof during): string[] =>
    answer.goes.map(({ name }: { name: string }) => name);
  assert.ok(
    !goes(during).some((name) => name.startsWith(scratch.folder)),
    "no worktree of the run",
  );
  assert.deepEqual(during.removed, []);
  const slot = during.stays.find(({ name }: { name: string }) => name.endsWith("/ada-1"));
  assert.match(slot.why, /the run at work has it/);
  await stage.open("go");
  await run.over;

  const listed = await scratch.temoin("clean", "--older-than", "1ms", "--yes", "--dry-run");
  assert.match(listed.stdout, /would be removed/);
  assert.match(listed.stdout, /branch refs\/heads\/temoin\/T-2\/1: it has work that is not in/);
  assert.match(await scratch.git("branch", "--list", "temoin/*"), /temoin\/T-1\/1/);

  const cleaned = await scratch.json("clean", "--yes", "--older-than", "1ms");
  assert.deepEqual(cleaned.failed, []);
  assert.deepEqual(cleaned.removed, cleaned.goes);
  const branches = await scratch.git("branch", "--list", "temoin/*", "--format=%(refname:short)");
  assert.equal(branches, "temoin/T-2/1");
  assert.equal((await scratch.git("worktree", "list")).split("\n").length, 1);
  const proofs = await readdir(path.join(scratch.dir, ".temoin", "proof"));
  assert.deepEqual(proofs, ["target"], "of tasks there is none left");
  const again = await scratch.temoin("clean", "--yes");
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /nothing to remove/);

  scratch.env["TEMOIN_TOKEN"] = "of an agent";
  assert.match((await scratch.temoin("clean", "--yes")).stderr, /agent cannot clean/);
});

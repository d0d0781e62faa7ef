import assert from "node:assert/strict";
import { test } from "node:test";
import { landings, openScratch } from "./scratch-project.ts";

test("twelve tasks with dependencies end as twelve landings with their trailers", async () => {
  await using scratch = await openScratch({
    config: { gates: [{ name: "clean", run: "git diff --check HEAD" }] },
  });
  const plan = Array.from({ length: 12 }, (_, n) => {
    const after = n % 3 === 0 ? "" : ` (depends on W-${n})`;
    return `- [ ] W-${n + 1}: Work ${n + 1}${after}`;
  });
  await scratch.write("plan.md", `${plan.join("\n")}\n`);
  const imported = await scratch.temoin("import", "plan.md");
  assert.equal(imported.code, 0, imported.stderr);

  const run = await scratch.temoin("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);

  const landed = await landings(scratch);
  assert.equal(landed.length, 12);
  assert.equal(new Set(landed).size, 12);
  for (let n = 2; n <= 12; n += 1) {
    if ((n - 1) % 3 === 0) continue;
    assert.ok(landed.indexOf(`W-${n - 1}`) < landed.indexOf(`W-${n}`), `W-${n} came too early`);
  }
  await scratch.git("fsck", "--strict");
  const files = (await scratch.git("ls-files", "work")).split("\n");
  assert.equal(files.length, 12, "the person's branch has followed");
  const { tasks } = await scratch.json("ls");
  assert.ok(tasks.every((task: { state: string }) => task.state === "done"));
});

test("a run without any task leaves nothing for git to see", async () => {
  await using scratch = await openScratch();
  const run = await scratch.temoin("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);
  assert.equal(await scratch.git("status", "--porcelain"), "");
});

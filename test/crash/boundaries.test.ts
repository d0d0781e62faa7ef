import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { landings, openScratch } from "../e2e/scratch-project.ts";

const program = fileURLToPath(new URL("boundary-run.ts", import.meta.url));

/** Everything that an attempt and a landing tell or do, before and after. */
const boundaries = [
  "attempt_moved",
  "gates_ran",
  "attempt_ended",
  "landing_prepared",
  "swap",
  "follow",
  "landed",
  "goal_checked",
].flatMap((step) => [`before ${step}`, `after ${step}`]);

for (const boundary of boundaries) {
  test(`killed ${boundary}, the next run lands each task once`, async () => {
    await using scratch = await openScratch({
      config: { gates: [{ name: "there", run: "test -d work" }] },
      script: { "*": [{ write: { path: "work/{task}.txt", text: "line\n" } }] },
    });
    await scratch.temoin("add", "First");
    await scratch.temoin("add", "Second", "--after", "T-1");
    const killed = await scratch.run(process.execPath, [program, scratch.dir, boundary]);
    assert.equal(killed.signal, "SIGKILL", `${killed.stdout}${killed.stderr}`);
    const next = await scratch.temoin("run");
    assert.equal(next.code, 0, next.stdout + next.stderr);
    assert.deepEqual(await landings(scratch), ["T-1", "T-2"]);
    await scratch.git("fsck", "--strict");
    assert.equal(await scratch.read("work/T-1.txt"), "line\n");
    const { tasks } = await scratch.json("ls");
    assert.ok(tasks.every((task: { state: string }) => task.state === "done"));
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { landings } from "./scratch-project.ts";
import { openStage, sh, write } from "./stage.ts";

test("what is missing becomes work, a stray change is refused, and the report tells of both", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      goal: ["queue", { changed: "NOTES.md" }, { run: "echo looking; test -e fixed.txt" }],
      landing: { scope: "strict" },
    },
    script: {
      "T-1/1/1": [write("out.txt", "mine\n"), write("stray.txt", "not mine\n")],
      "T-1/1/2": [sh("rm stray.txt")],
      "G-1": [write("NOTES.md", "what has changed\n")],
      "G-2": [write("fixed.txt", "yes\n")],
    },
  });
  await stage.add("T-1", { touches: ["out.txt"] });
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ["G-1", "G-2", "T-1"]);
  assert.match(await stage.prompt("T-1", 1, 2), /outside its scope: stray\.txt/);
  assert.match(await stage.prompt("G-2", 1, 1), /test -e fixed\.txt[\s\S]*looking/);

  const [attempt] = (await stage.task("T-1")).attempts;
  const says = attempt?.evidence.map((one) => one.says) ?? [];
  assert.ok(says.includes("outside its scope: stray.txt"), says.join("; "));

  const page = await stage.scratch.read(".temoin/SUMMARY.md");
  assert.match(page, /\| T-1 \(attempt 1\) \| outside its scope \| stray\.txt \|/);
  assert.match(page, /\| run: echo looking; test -e fixed\.txt \| ✅ met \|/);
  const { caught, commits } = await stage.scratch.json("summary");
  assert.deepEqual([caught.length, commits.length], [1, 3]);
});

test("a gate of the goal that flaps is run once more, as everywhere, and opens no task", async () => {
  const flaps = 'test -e "$HOME/seen" || { touch "$HOME/seen"; echo > left.txt; exit 1; }';
  await using stage = await openStage({
    config: { goal: ["gates"], gates: [{ name: "test", run: flaps, retries: 1 }] },
  });
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(
    run.of("goal_checked").flatMap(({ results }) => results.map(({ detail }) => detail)),
    ["passed on the target; test was red before it passed"],
  );
  assert.equal(run.of("task_added").length, 0);
});

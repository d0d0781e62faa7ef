import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { id } from "../task-spec.ts";
import { landings } from "./scratch-project.ts";
import { openStage, report, sh, write } from "./stage.ts";

const isRight = { name: "right", run: 'echo "looking at out.txt"; grep -qx right out.txt' };

test("a lie is caught by its gate, mended by the same session, and lands", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [isRight] },
    script: {
      "T-1/1/1": [write("out.txt", "wrong\n"), report("done", "all tests pass")],
      "T-1/1/2": [write("out.txt", "right\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.equal(run.of("reported").length, 1, "the claim itself is kept");
  const verdicts = run.of("gates_ran").flatMap((one) => one.results.map((r) => r.verdict));
  assert.deepEqual(verdicts, ["failed", "passed", "passed"]);

  const feedback = await stage.prompt("T-1", 1, 2);
  const proof = path.join(
    stage.scratch.dir,
    ".temoin",
    "proof",
    "T-1",
    "1",
    "workspace-0-right.log",
  );
  assert.match(feedback, /looking at out\.txt/);
  assert.ok(feedback.includes(proof), feedback);
  assert.match(await stage.scratch.read(path.relative(stage.scratch.dir, proof)), /exit code: 1/);
  assert.equal(await stage.scratch.read("out.txt"), "right\n");
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
});

test("red to the end: another agent goes on from the branch; after perTask the run ends with 5", async () => {
  await using stage = await openStage({
    config: { gates: [isRight], attempts: { perTask: 2, feedbackRounds: 1 } },
    script: {
      "T-1/1": [{ append: { path: "out.txt", text: "first {turn}\n" } }],
      "T-1/2/1": [sh("cp out.txt seen.txt")],
      "T-1/2/2": [{ append: { path: "out.txt", text: "second\n" } }],
      "T-2": [write("out.txt", "right\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 5);
  assert.deepEqual(await stage.attempts("T-1"), ["gate_failed ada", "gate_failed bo"]);
  assert.equal((await stage.task("T-1")).state, "failed");
  const seen = await stage.scratch.git("show", "temoin/T-1/2:seen.txt");
  assert.equal(seen, "first 1\nfirst 2", "the second agent starts from the first one's branch");
  assert.match(await stage.prompt("T-1", 2, 1), /Attempt 1 by ada ended as `gate_failed`/);
  assert.deepEqual(await landings(stage.scratch), []);

  await stage.add("T-2");
  const next = await stage.run();
  assert.equal((await next.over).exitCode, 5, "what failed before is still missing");
  assert.deepEqual(await landings(stage.scratch), ["T-2"]);
});

test("no change: one more round, then a person; with its own checks green it is done", async () => {
  await using stage = await openStage({
    config: { gates: [{ name: "never", run: "false" }] },
    script: {
      "T-1": [{ say: "There is nothing to do." }],
      "T-2": [{ say: "It is there already." }],
      "T-3": [{ append: { path: "CLAUDE.md", text: "\nI have looked at everything.\n" } }],
    },
  });
  await stage.add("T-1 T-3");
  await stage.add("T-2", { verify: ["test -e README.md"] });
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 4);
  for (const name of ["T-1", "T-3"]) {
    assert.equal((await stage.task(name)).state, "needs_human", name);
    assert.match(await stage.prompt(name, 1, 2), /no file was changed/);
    assert.deepEqual(
      (await stage.attempts(name)).map((one) => one.split(" ")[0]),
      ["no_change"],
    );
  }
  const done = await stage.task("T-2");
  assert(done.state === "done" && done.how === "no_change");
  const inbox = [...(await stage.app.state()).inbox.keys()];
  assert.deepEqual(inbox.toSorted(), ["no_change:T-1", "no_change:T-3"]);
});

test("sections in CLAUDE.md are reports: read as such, merged by union, written when missing", async () => {
  const section = (text: string) => ({
    append: { path: "CLAUDE.md", text: `\n### {task}: COMPLETED ✅\n**Files**: ${text}\n` },
  });
  await using stage = await openStage({
    config: { log: { completed: "CLAUDE.md" } },
    files: { "CLAUDE.md": "# Notes\n" },
    script: {
      "T-1": [write("a.txt", "a\n"), section("a.txt")],
      "T-2": [write("b.txt", "b\n"), section("b.txt")],
      "T-3": [write("c.txt", "c\n")],
    },
  });
  await stage.add("T-1 T-2 T-3");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  const notes = await stage.scratch.read("CLAUDE.md");
  for (const name of ["T-1", "T-2", "T-3"]) {
    const sections = notes.split("\n").filter((line) => line === `### ${name}: COMPLETED ✅`);
    assert.equal(sections.length, 1, notes);
    const task = await stage.task(name);
    assert(task.state === "done" && !task.proven, "no gate is configured: nothing is proven");
    assert.deepEqual(
      (await stage.attempts(name)).map((one) => one.split(" ")[0]),
      ["verified"],
    );
  }
  const reported = run.of("reported").map((one) => `${one.task} ${one.report.kind}`);
  assert.deepEqual(reported.toSorted(), ["T-1 done", "T-2 done"]);
});

test("a section that says BLOCKED goes to the person once; the next attempt is not blocked by it", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [{ append: { path: "CLAUDE.md", text: "\n### T-1: BLOCKED\nWhich colour?\n" } }],
      "T-1/2": [write("colour.txt", "blue\n")],
    },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 4);
  assert.deepEqual(await stage.attempts("T-1"), ["blocked ada"]);
  const { id } = (await stage.task("T-1")).spec;
  await stage.app.ask({ type: "tell", id, tellId: "T-1/tell/1-1", text: "Blue." });
  const { exitCode, why } = await (await stage.run()).over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(await stage.attempts("T-1"), ["blocked ada", "verified ada"]);
});

test("a task's own checks are gates of that task: red goes back to the same session, and lands nothing", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "any", run: "true" }] },
    script: {
      "T-1/1/1": [write("a.txt", "a\n")],
      "T-1/1/2": [write("b.txt", "b\n")],
      "T-2": [write("c.txt", "c\n")],
    },
  });
  await stage.add("T-1", { verify: ["test -e a.txt", "test -e b.txt"] });
  await stage.add("T-2", { deps: [id("T-1")] });
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.match(await stage.prompt("T-1", 1, 2), /verify 2/);
  const [attempt, ...more] = (await stage.task("T-1")).attempts;
  assert.deepEqual([attempt?.rounds, more.length], [1, 0]);
  const seen = run
    .of("gates_ran")
    .flatMap(({ task, results }) =>
      results.map(({ name, verdict, where }) => `${task} ${where} ${name} ${verdict}`),
    );
  assert.ok(seen.includes("T-1 workspace verify 2 failed"), seen.join("\n"));
  assert.ok(seen.includes("T-1 workspace verify 2 passed"));
  assert.ok(seen.includes("T-1 landing verify 2 passed"), "and as it lands");
  assert.ok(!seen.some((one) => one.startsWith("T-2") && one.includes("verify")));
});

test("a gate whose command is missing is errored, never green: the run ends with 5", async () => {
  await using stage = await openStage({
    config: {
      gates: [{ name: "absent", run: "no-such-command-anywhere" }],
      attempts: { perTask: 1, feedbackRounds: 0 },
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 5);
  const verdicts = run.of("gates_ran").flatMap((one) => one.results.map((r) => r.verdict));
  assert.deepEqual(verdicts, ["errored"]);
  assert.deepEqual(await landings(stage.scratch), []);
});

test("who takes all of a red change back is told once that there is none, and may go on", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "good", run: "! grep -rqs bad work" }] },
    script: {
      "T-1/1/1": [write("work/a.txt", "bad\n")],
      "T-1/1/2": [sh("git checkout --quiet temoin/T-1/1~1 -- . ; rm -rf work")],
      "T-1/1/3": [write("work/a.txt", "good\n")],
    },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.match(await stage.prompt("T-1", 1, 3), /no file was changed\. If nothing has to change/);
});

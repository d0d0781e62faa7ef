/** Whole runs in which an agent asks, nobody answers, and its slot does other work meanwhile. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openAcpStage, recorded } from "./acp-stage.ts";
import { landings } from "./scratch-project.ts";
import { sh, wait, write } from "./stage.ts";

const program = fileURLToPath(new URL("run-process.ts", import.meta.url));

const ask = { question: { text: "Which colour?", choices: ["Red", "Blue"], header: "Colour" } };
const script = {
  "T-1/1": [write("work/half.txt", "half\n"), ask, write("work/first.txt", "never\n")],
  "T-1/2": [sh("test -e work/half.txt"), write("work/whole.txt", "whole\n")],
  "T-2": [wait("go"), write("work/two.txt", "two\n")],
};
const config = { watch: { park: "50ms" } };

test("a question that nobody answers leaves its slot to other work, and goes on with the answer", async () => {
  await using stage = await openAcpStage(script, { config });
  await stage.add("T-1");
  const run = await stage.start();
  const { id } = await run.until("asked");
  // Nothing else is ready: its agent waits, however long.
  assert.deepEqual(run.of("ending_asked"), []);
  await stage.add("T-2");
  await run.until("task_needs_human", ({ parked }) => parked === true);
  await run.untilWorking("T-2");
  const inbox = await stage.scratch.temoin("inbox");
  assert.match(inbox.stdout, /Q-1, T-1, whose agent does other work meanwhile: Which colour\?/);
  const told = await stage.scratch.temoin("why", "T-1");
  assert.match(told.stdout, /it waits for your answer to Q-1/);
  assert.equal(await stage.scratch.git("show", "refs/temoin/saved/T-1/1/1:work/half.txt"), "half");

  const answered = await stage.scratch.temoin("answer", id, "blue");
  assert.match(answered.stdout, /Q-1: answered: its next attempt has the answer\./);
  assert.equal((await stage.task("T-1")).state, "queued");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada", "verified ada"]);
  assert.deepEqual([...(await landings(stage.scratch))].sort(), ["T-1", "T-2"]);
  const prompt = await stage.prompt("T-1", 2, 1);
  assert.match(prompt, /An earlier attempt asked: “Which colour\?” The answer is: Blue/);
  assert.match(prompt, /Your branch starts from the work of attempt 1/);
  // What came after the question in the first attempt was never done.
  await assert.rejects(stage.scratch.read("work/first.txt"));
  assert.equal(await stage.scratch.read("work/half.txt"), "half\n");
  assert.equal(recorded(stage).filter(({ type }) => type === "turn").length, 3);
});

test("killed between the question and its answer, it has lost neither", async () => {
  await using stage = await openAcpStage(script, { config });
  await stage.add("T-1 T-2");
  const first = stage.scratch.start(process.execPath, [program, stage.scratch.dir]);
  const ended = stage.scratch.ended(first);
  await stage.rows("needs a person: it waits for your answer to Q-1");
  first.kill("SIGKILL");
  assert.equal((await ended).signal, "SIGKILL");

  const answered = await stage.scratch.temoin("answer", "Q-1", "red");
  assert.equal(answered.code, 0, answered.stderr);
  assert.equal((await stage.task("T-1")).state, "queued");
  await stage.open("go");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.equal((await stage.attempts("T-1"))[0], "handed_off ada");
  assert.equal((await stage.attempts("T-1")).at(-1), "verified ada");
  assert.match(await stage.prompt("T-1", 2, 1), /“Which colour\?” The answer is: Red/);
  assert.deepEqual([...(await landings(stage.scratch))].sort(), ["T-1", "T-2"]);
});

test("without an answer the run ends with what is left, and the next one goes on with it", async () => {
  await using stage = await openAcpStage(script, { config });
  await stage.add("T-1 T-2");
  await stage.open("go");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.deepEqual([exitCode, why], [4, "1 waiting for a person: T-1"]);
  assert.deepEqual(await landings(stage.scratch), ["T-2"]);
  await stage.scratch.temoin("answer", "Q-1", "blue");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-2", "T-1"]);
});

/** Whole runs whose conductor has no room left: its role moves, with what it had settled. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openFullStage } from "./full-stage.ts";
import { sh } from "./stage.ts";

const config = {
  conductor: { coolDown: "100ms", order: ["ada", "bo"] },
  attempts: { perTask: 1 },
};
const begin = sh("temoin acknowledge && temoin decide 'keep the parser'");
const judge = sh("temoin acknowledge && touch $HOME/mended && temoin retry T-1");
const task = { "T-1": [sh("if [ -e $HOME/mended ]; then echo done > t1.txt; fi")] };

/** A task that fails until the second term mends it; ends with both terms that there were. */
async function runOf(
  first: Readonly<Record<string, readonly unknown[]>>,
  second: Readonly<Record<string, readonly unknown[]>> = {},
) {
  const scripts = {
    ada: { ...task, ...first },
    bo: { ...task, "conductor/2": [judge], ...second },
  };
  const stage = await openFullStage(scripts, config);
  try {
    await stage.add("T-1");
    const run = await stage.run();
    assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
    const terms = run
      .of("conductor_appointed")
      .map(({ term, agent, why }) => ({ term, agent, why }));
    assert.deepEqual(
      terms.map(({ term, agent }) => [term, agent]),
      [
        [1, "ada"],
        [2, "bo"],
      ],
    );
    const handoff = await stage.scratch.read(".temoin/handoff/ada_to_bo.md");
    assert.match(handoff, /term 1, ada: keep the parser/);
    const calls = run.of("conductor_call_ended").map(({ term, isJudged }) => [term, isJudged]);
    return { handoff, calls, why: terms.at(-1)?.why ?? "" };
  } finally {
    await stage[Symbol.asyncDispose]();
  }
}

test("its context is full in the middle of a call: it is interrupted, its successor called for the same", async () => {
  const full = [{ use: { input: 197_000 } }, { say: "Read a lot" }, "hang"];
  const { why, calls } = await runOf({ "conductor/1": [begin, ...full] });
  assert.match(why, /^context 98 % \(/);
  assert.deepEqual(calls, [
    [1, false],
    [2, true],
  ]);
});

test("its conversation is about to be compacted: the role moves instead", async () => {
  const { why, calls } = await runOf({ "conductor/1": [begin, "compact"] });
  assert.match(why, /^Compacting/);
  assert.deepEqual(calls.at(0), [1, false]);
});

test("near its end it is asked for its handoff after its call, and leaves when it is full", async () => {
  const { why, handoff, calls } = await runOf({
    "conductor/1/1": [begin, { use: { input: 185_000 } }, { say: "x" }, sh("temoin retry T-1")],
    "conductor/1/2": [
      sh("temoin report handoff 'T-1 is odd'"),
      { use: { input: 198_000 } },
      { say: "x" },
    ],
  });
  assert.match(why, /^context 99 % \(/);
  assert.match(handoff, /> T-1 is odd/);
  assert.deepEqual(calls, [
    [1, true],
    [2, true],
  ]);
});

test("its process is killed between two calls: the next one is a new term's, and not a new session's of the old one", async () => {
  const kill = "kill -9 $(cat $HOME/pid); while kill -0 $(cat $HOME/pid); do sleep 0.05; done";
  const { why, calls } = await runOf(
    { "conductor/1": [begin, sh("echo $PPID > $HOME/pid; temoin retry T-1")] },
    // Another agent than before is given what is opened again.
    { "T-1/2/1": [sh(kill)] },
  );
  assert.match(why, /^its session has ended between two turns: .*SIGKILL/);
  assert.deepEqual(calls, [
    [1, true],
    [1, false],
    [2, true],
  ]);
});

test("its plan is used up: it is passed over until that begins anew", async () => {
  const resets = Math.round(Date.now() / 1_000) + 7_200;
  const { why } = await runOf({
    "conductor/1": [begin, { quota: { percent: 99, resets } }, { say: "x" }, "hang"],
  });
  assert.match(why, /^quota 99 % \(/);
});

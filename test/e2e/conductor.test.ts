/** A whole run with a conductor: called to judge, replaced when it goes, and held to its term. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { id } from "../task-spec.ts";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, sh, write } from "./stage.ts";

const temoin = fileURLToPath(new URL("../../bin/temoin", import.meta.url));
const base = { coolDown: "100ms" };

/** Agents that may all hold the role; a task has one attempt, and is judged when that has failed. */
function openLed(
  script: Readonly<Record<string, readonly unknown[]>>,
  ...order: readonly string[]
): Promise<Stage> {
  const agents = Object.fromEntries(order.map((name) => [name, {}]));
  const config = { conductor: { ...base, order }, attempts: { perTask: 1 } };
  return openStage({ script, agents, config });
}

test("a task that failed is opened again by the conductor, and the goal is met", async () => {
  const script = {
    "conductor/1/1": [
      sh(
        "temoin acknowledge && temoin decide 'once more' && touch $HOME/mended && temoin retry T-1",
      ),
    ],
    "T-1": [sh("[ -e $HOME/mended ] && echo done > t1.txt")],
  };
  await using stage = await openLed(script, "ada");
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.deepEqual(
    run.of("conductor_decided").map(({ term, by, text }) => [term, by, text]),
    [[1, "ada", "once more"]],
  );
  const handoff = await stage.scratch.read(".temoin/handoff/nobody_to_ada.md");
  assert.match(handoff, /^# Handoff of the conductor: nobody to ada\n/);
  assert.match(handoff, /- T-1 .*last attempt no_change/);
  const log = await stage.scratch.read(".temoin/LOG.md");
  assert.match(log, /is called to judge: T-1/);
});

test("a task that failed gets another brief from the conductor, and goes on with it", async () => {
  const script = {
    "conductor/1/1": [
      sh("temoin acknowledge; echo 'Write done into t1.txt.' | temoin edit T-1 -f -"),
      sh("temoin retry T-1"),
    ],
    "T-1/1": [{ crash: 3 }],
    "T-1/2": [sh("grep -q 'Write done' $TEMOIN_PROMPT_FILE && echo done > t1.txt")],
  };
  await using stage = await openLed(script, "ada");
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
});

test("one that is a process for each turn is called twice in one term", async () => {
  const script = {
    "conductor/1/1": [sh("temoin acknowledge; temoin retry T-1")],
    "conductor/1/2": [sh("touch $HOME/mended; temoin retry T-1")],
    "T-1": [sh("[ -e $HOME/mended ] && echo done > t1.txt")],
  };
  await using stage = await openLed(script, "ada");
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  const calls = run.of("conductor_call_ended").map(({ term, isJudged }) => [term, isJudged]);
  assert.deepEqual(calls, [
    [1, true],
    [1, true],
  ]);
});

test("a task that is blocked is answered by the conductor, and goes on with its words", async () => {
  const script = {
    "conductor/1/1": [sh("temoin acknowledge && temoin tell T-1 Blue, like the sky")],
    "T-1/1": [sh("temoin report blocked 'Which colour?'")],
    "T-1": [sh("cp $TEMOIN_PROMPT_FILE t1.txt")],
  };
  await using stage = await openStage({
    script,
    agents: { ada: {} },
    config: { conductor: { ...base, order: ["ada"] } },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(
    run.of("told").map(({ by, text }) => [by, text]),
    [["ada", "The conductor (ada) answers: Blue, like the sky"]],
  );
  const prompt = await stage.scratch.git("show", "main:t1.txt");
  assert.match(
    prompt,
    /What you are told\n\n- The conductor \(ada\) answers: Blue, like the sky\n/,
  );
});

test("a run with nothing to judge calls nobody", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { conductor: { ...base, order: ["ada"] } },
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(run.of("conductor_appointed"), []);
});

test("one that dies is followed by the next, with what it had decided and said", async () => {
  const script = {
    "conductor/1": [
      sh("temoin acknowledge; temoin decide 'keep the parser'; temoin report handoff 'T-1 is odd'"),
      { crash: 3 },
    ],
    "conductor/2": [
      sh('temoin acknowledge; cat "$TEMOIN_PROMPT_FILE" > $HOME/prompt; touch $HOME/mended'),
      sh("temoin retry T-1"),
    ],
    "T-1": [sh("[ -e $HOME/mended ] && echo done > t1.txt")],
  };
  await using stage = await openLed(script, "ada", "bo");
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(
    run.of("conductor_appointed").map(({ term, agent, after }) => [term, agent, after]),
    [
      [1, "ada", null],
      [2, "bo", "ada"],
    ],
  );
  const handoff = await stage.scratch.read(".temoin/handoff/ada_to_bo.md");
  for (const says of [
    "term 1, ada: keep the parser",
    "> T-1 is odd",
    "- T-1: no file was changed",
  ]) {
    assert.ok(handoff.includes(says), `${says}\n${handoff}`);
  }
  const prompt = await stage.scratch.run("cat", [`${stage.scratch.folder}/prompt`]);
  assert.match(prompt.stdout, /You follow ada/);
});

test("a task that is too big is split by the conductor, and what waited for it waits for the parts", async () => {
  const parts = ["- [ ] T-1-1: The first half", "- [ ] T-1-2: The other half (depends on T-1-1)"];
  const script = {
    "conductor/1/1": [
      sh("temoin acknowledge"),
      sh(`printf '%s\\n' ${parts.map((line) => `'${line}'`).join(" ")} | temoin split T-1 -f -`),
    ],
    "T-1": [{ crash: 1 }],
    "*": [write("work/{task}.txt", "x\n")],
  };
  await using stage = await openLed(script, "ada");
  await stage.add("T-1");
  await stage.add("T-2", { deps: [id("T-1")] });
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(await landings(stage.scratch), ["T-1-1", "T-1-2", "T-2"]);
  const log = await stage.scratch.read(".temoin/LOG.md");
  assert.match(log, /\| ada \| added 2 tasks out of T-1 \|/);
});

test("the old term's commands fail once a person has moved the role", async () => {
  const script = {
    "conductor/1": [sh("temoin acknowledge; echo $TEMOIN_TOKEN > $HOME/token"), "hang"],
    "conductor/2": [
      sh("temoin acknowledge; until [ -e $HOME/tried ]; do sleep 0.05; done"),
      sh("touch $HOME/mended; temoin retry T-1"),
    ],
    "T-1": [sh("[ -e $HOME/mended ] && echo done > t1.txt")],
  };
  await using stage = await openLed(script, "ada", "bo");
  const { scratch } = stage;
  await stage.add("T-1");
  const run = await stage.start();
  await run.until("conductor_acknowledged");
  const asOld = async (...args: readonly string[]) => {
    const token =
      'until [ -s "$HOME/token" ]; do sleep 0.05; done; TEMOIN_TOKEN=$(cat "$HOME/token")';
    return scratch.run("sh", [
      "-c",
      `${token}; export TEMOIN_TOKEN; exec "$@"`,
      "sh",
      temoin,
      ...args,
    ]);
  };
  assert.equal((await asOld("decide", "mine")).code, 0);
  await stage.app.ask({ type: "move_role", to: null });
  await run.until("conductor_acknowledged", ({ term }) => term === 2);
  for (const args of [["cancel", "T-1"], ["decide", "late"], ["acknowledge"]]) {
    const late = await asOld(...args);
    assert.equal(late.code, 1);
    assert.match(late.stderr, /Term 1 of the conductor has ended: term 2 is bo's/);
  }
  await scratch.run("touch", [`${scratch.folder}/tried`]);
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(
    run.of("conductor_decided").map(({ text }) => text),
    ["mine"],
  );
});

test("a conductor that outlives a kill of temoin is ended before the next term begins", async () => {
  const isAlive = 'grep -qs "^State:.[^Z]" /proc/$(cat $HOME/old)/status';
  const script = {
    "conductor/1": [sh("temoin acknowledge; echo $PPID > $HOME/old"), "hang"],
    "conductor/2": [
      sh(`temoin acknowledge; ${isAlive} && touch $HOME/beside`),
      sh("touch $HOME/mended; temoin retry T-1"),
    ],
    "T-1": [sh("[ -e $HOME/mended ] && echo done > t1.txt")],
  };
  await using stage = await openLed(script, "ada");
  const { scratch } = stage;
  await stage.add("T-1");
  const child = scratch.startTemoin("run");
  const gone = once(child, "exit");
  await stage.appears("old");
  child.kill("SIGKILL");
  await gone;
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(
    run.of("conductor_appointed").map(({ term, agent }) => [term, agent]),
    [[2, "ada"]],
  );
  assert(!(await readdir(scratch.folder)).includes("beside"));
});

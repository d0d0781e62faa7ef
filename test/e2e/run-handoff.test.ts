/** Whole runs whose agents run out of room: the task goes on with another session, from its work. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openFullStage } from "./full-stage.ts";
import { landings } from "./scratch-project.ts";
import { openStage, sh, write } from "./stage.ts";

const runProcess = fileURLToPath(new URL("run-process.ts", import.meta.url));

const full = [{ use: { input: 197_000 } }, { say: "Read a lot" }, "hang"];

test("an agent whose context is full in the middle of its turn is succeeded from its work", async () => {
  await using stage = await openFullStage({
    ada: {
      "T-1/1": [write("half.txt", "half\n"), ...full],
      "T-1/2": [sh("test -e half.txt"), write("whole.txt", "whole\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada", "verified ada"]);
  assert.equal(await stage.scratch.git("show", "main:half.txt"), "half");
  const [first] = (await stage.task("T-1")).attempts;
  assert(first?.phase === "ended");
  assert.equal(first.handoff, "context");
  assert.match(first.why, /context 98 % \(the agent's stream; window assumed\)/);
  const prompt = await stage.prompt("T-1", 2, 1);
  assert.match(prompt, /## Handoff/);
  assert.match(prompt, /Attempt 1 by ada ended handed off/);
  assert.match(prompt, /half\.txt \(added\)/);
  const document = await stage.scratch.read(".temoin/handoff/T-1-1.md");
  assert.match(document, /Handoff of T-1, attempt 1 by ada/);
  assert.match(await stage.scratch.read(".temoin/LOG.md"), /handed off/);
});

test("an agent that is killed while its gates run has crashed: no session without its task is told their output", async () => {
  const killer = "test -e rest.txt || { kill -9 $(cat $HOME/pid); exit 1; }";
  await using stage = await openFullStage(
    {
      ada: {
        "T-1/1/1": [sh("echo $PPID > $HOME/pid"), write("half.txt", "half\n")],
        "T-1/1/2": [write("rest.txt", "without its brief\n")],
        "T-1/2": [sh("test -e half.txt"), write("rest.txt", "rest\n")],
      },
    },
    { gates: [{ name: "whole", run: killer }] },
  );
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["crashed ada", "verified ada"]);
  const [first] = (await stage.task("T-1")).attempts;
  assert(first?.phase === "ended");
  assert.match(first.why, /^its session has ended between two turns: .*SIGKILL/);
  assert.match(await stage.prompt("T-1", 2, 1), /half\.txt \(added\)/);
  assert.equal(await stage.scratch.git("show", "main:rest.txt"), "rest");
});

test("a compaction that is announced hands the task on, and so does the agent's own word", async () => {
  const words = "half is done; left: the rest \u001b[31m<!-- --> ``` trap";
  await using stage = await openFullStage({
    ada: {
      "T-1/1": [write("one.txt", "1\n"), "compact"],
      "T-1/2": [write("two.txt", "2\n"), reportHandoff(words)],
      "T-1/3": [sh("test -e one.txt && test -e two.txt"), write("three.txt", "3\n")],
    },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  const { attempts } = await stage.task("T-1");
  const reasons = attempts.map((one) => (one.phase === "ended" ? one.handoff : null));
  assert.deepEqual(reasons, ["compaction", "agent", undefined]);
  const prompt = await stage.prompt("T-1", 3, 1);
  assert(prompt.includes("handoff: half is done; left: the rest <!-- --> ``` trap"));
  assert(!prompt.includes("\u001b"));
  assert.equal(await stage.scratch.git("show", "main:two.txt"), "2");
});

test("near its end an agent is asked for its handoff with the feedback, and goes on", async () => {
  await using stage = await openFullStage(
    {
      ada: {
        "T-1/1/1": [{ use: { input: 185_000 } }, write("red.txt", "red\n")],
        "T-1/1/2": [
          reportHandoff("red.txt is a trap"),
          { use: { input: 198_000 } },
          { say: "x" },
          "hang",
        ],
        "T-1/2": [sh("rm red.txt"), write("green.txt", "green\n")],
      },
    },
    { gates: [{ name: "check", run: "test ! -e red.txt" }] },
  );
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada", "verified ada"]);
  const asked = await stage.prompt("T-1", 1, 2);
  assert.match(asked, /Write your handoff first/);
  assert.match(asked, /context 92 %/);
  const prompt = await stage.prompt("T-1", 2, 1);
  assert.match(prompt, /red\.txt is a trap/);
  assert.match(prompt, /`check` failed/);
});

test("a full plan puts its agent to sleep, and another one goes on", async () => {
  const resets = Math.round(Date.now() / 1_000) + 7_200;
  await using stage = await openFullStage({
    ada: {
      "T-1": [
        write("half.txt", "half\n"),
        { quota: { percent: 99, resets } },
        { say: "x" },
        "hang",
      ],
    },
    bo: { "T-1": [sh("test -e half.txt"), write("whole.txt", "whole\n")] },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada", "verified bo"]);
  const [limited] = run.of("slot_limited");
  assert.equal(limited?.resetAt, resets * 1_000);
});

test("a person hands a task on to an agent by name", async () => {
  await using stage = await openFullStage({
    ada: { "T-1": [write("half.txt", "half\n"), { say: "working" }, "hang"] },
    bo: { "T-1": [sh("test -e half.txt"), write("whole.txt", "whole\n")] },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await run.until("agent_used");
  const { stdout } = await stage.scratch.temoin("handoff", "T-1", "--to", "bo");
  assert.match(stdout, /T-1 is handed on to bo as soon as its work is saved/);
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada", "verified bo"]);
  assert.match(await stage.prompt("T-1", 2, 1), /a person handed it on to bo/);
});

test("a successor that changes nothing is asked whether that is all, before it is believed", async () => {
  const untouched =
    /nothing was changed in this attempt: the work is that of attempt 1, which ended handed off/;
  for (const doesMore of [true, false]) {
    const second = doesMore ? write("whole.txt", "whole\n") : { say: "No" };
    await using stage = await openFullStage({
      ada: { "T-1": [write("half.txt", "half\n"), { say: "working" }, "hang"] },
      bo: { "T-1/2/1": [{ say: "I cannot do this" }], "T-1/2/2": [second] },
    });
    await stage.add("T-1");
    const run = await stage.start();
    await run.untilWorking("T-1");
    await run.until("agent_used");
    await stage.scratch.temoin("handoff", "T-1", "--to", "bo");
    assert.equal((await run.over).exitCode, 0);
    const asked = await stage.prompt("T-1", 2, 2);
    assert.match(asked, untouched);
    assert.match(asked, /temoin report done/);
    const last = (await stage.task("T-1")).attempts.at(-1);
    assert(last?.phase === "ended" && last.outcome === "verified");
    assert.equal(untouched.test(last.why), !doesMore, last.why);
  }
});

test("of 12 tasks whose agents fill up at random each ends, from the work of those before", async () => {
  const steps = [1, 2, 3, 4].flatMap((piece) => {
    const file = `work/{task}/${piece}.txt`;
    const make = `mkdir -p work/{task}; [ -e ${file} ] || echo 'attempt {attempt}' > ${file}`;
    // What is done already needs not be read again.
    const read = { fill: { most: 110_000, seed: `{task} {attempt} ${piece}`, unless: file } };
    return [read, sh(make)];
  });
  await using stage = await openFullStage({ ada: { "*": steps }, bo: { "*": steps } });
  const ids = Array.from({ length: 12 }, (_, n) => `T-${n + 1}`);
  await stage.add(ids.join(" "));
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ids.toSorted());
  const handed = run.of("attempt_ended").filter(({ outcome }) => outcome === "handed_off");
  assert(handed.length >= 6, `${handed.length} handoffs`);
  const log = await stage.scratch.read(".temoin/LOG.md");
  for (const name of ids) {
    const { attempts } = await stage.task(name);
    const shown = [1, 2, 3, 4].map((piece) =>
      stage.scratch.git("show", `main:work/${name}/${piece}.txt`),
    );
    const makers = (await Promise.all(shown)).map((line) => Number(line.split(" ")[1]));
    const inOrder = makers.toSorted((a, b) => a - b);
    assert.deepEqual(makers, inOrder, `${name}: nobody has done a piece anew`);
    const rest = attempts.slice(0, -1);
    assert(rest.every((one) => one.phase === "ended" && one.outcome === "handed_off"));
    if (rest.length > 0) assert.equal(makers[0], 1, `${name}: built on the first one's work`);
    for (const { n } of rest) {
      assert(
        log
          .split("\n")
          .some((row) => row.includes(`${name} (attempt ${n})`) && row.includes("handed off")),
        `${name}/${n}`,
      );
      assert.match(await stage.scratch.read(`.temoin/handoff/${name}-${n}.md`), /Changed files/);
    }
  }
});

test("killed between the saving and the successor's start, temoin goes on from what was saved", async () => {
  // The second agent's workspace is not ready until the test lets it be.
  const setup = `case "$TEMOIN_SLOT" in */bo-1) until [ -e "$HOME/go" ]; do sleep 0.05; done ;; esac`;
  await using stage = await openStage({
    config: { setup },
    script: {
      "T-1/1": [write("half.txt", "half\n"), sh('touch "$HOME/at-work"'), "hang"],
      "T-1": [sh("test -e half.txt"), write("whole.txt", "whole\n")],
    },
  });
  await stage.add("T-1");
  const child = stage.scratch.start(process.execPath, [runProcess, stage.scratch.dir]);
  const ended = stage.scratch.ended(child);
  await stage.appears("at-work");
  await stage.rows("T-1 (attempt 1)", "started");
  await stage.scratch.temoin("handoff", "T-1", "--to", "bo");
  await stage.rows("T-1 (attempt 1)", "handed off");
  child.kill("SIGKILL");
  assert.equal((await ended).signal, "SIGKILL");
  assert.equal(await stage.scratch.git("show", "refs/temoin/saved/T-1/1/1:half.txt"), "half");
  await stage.open("go");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  const attempts = await stage.attempts("T-1");
  assert.deepEqual([attempts[0], attempts.at(-1)], ["handed_off ada", "verified bo"]);
  assert.equal(await stage.scratch.git("show", "main:half.txt"), "half");
  const prompt = await stage.prompt("T-1", attempts.length, 1);
  assert.match(prompt, /Attempt 1 by ada ended handed off/);
  assert.match(prompt, /half\.txt \(added\)/);
});

function reportHandoff(text: string): unknown {
  const reporter = fileURLToPath(new URL("report.ts", import.meta.url));
  return { run: [process.execPath, reporter, "handoff", text] };
}

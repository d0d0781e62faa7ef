import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startDaemon } from "../../src/app/daemon.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { findProcess, readProcessTable } from "../../src/lib/process-table.ts";
import { endAll } from "../../src/lib/process-tree.ts";
import { PersonTerminal } from "./person-terminal.ts";
import { temoin } from "./plan-stage.ts";
import { landings, type Scratch } from "./scratch-project.ts";
import { openStage, type Stage, sh, wait, write } from "./stage.ts";

const program = fileURLToPath(new URL("run-process.ts", import.meta.url));

test("a second run on the same project is refused and names the process that holds it", async () => {
  await using stage = await openStage({ script: { "T-1": [wait("go"), write("a.txt", "a\n")] } });
  await stage.add("T-1");
  const run = await stage.start();
  const message = new RegExp(`process ${process.pid}, .* since [\\d-]{10} [\\d:]{8}Z\\.$`);
  await assert.rejects(stage.start(), { code: "locked", message });
  const holder = await stage.app.holder();
  assert.equal(holder?.pid, process.pid);
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0, "the first one is not disturbed");
  assert.equal(await stage.app.holder(), null);
});

test("a background run that is slow to begin is named by its process, goes on, and can be ended by that", async () => {
  await using stage = await openStage();
  await stage.add("T-1");
  const { env } = stage.scratch;
  const place = await stage.app.place();
  const started = startDaemon({ clock: systemClock, env, place, flags: [], withinMs: 0 });
  const { message } = await started.then(
    () => assert.fail("nothing begins at once"),
    (error: Error) => error,
  );
  const [, pid = ""] =
    /did not begin within 0 s: process (\d+) is still beginning/.exec(message) ?? [];
  const child = findProcess(Number(pid));
  assert(child && stage.scratch.owns(child.pid), message);
  assert.deepEqual(await endAll([child], { clock: systemClock, graceMs: 10_000 }), []);
});

test("drained, what is at work ends and lands, and nothing new starts", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: { "T-1": [wait("go"), write("a.txt", "a\n")] },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await run.handle.drain({ exitCode: 130, why: "a person asked" });
  await stage.open("go");
  assert.deepEqual(await run.over, { exitCode: 130, why: "a person asked" });
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal((await stage.task("T-2")).state, "queued");
});

test("interrupted, agents end at once, their work is saved and no attempt counts", async () => {
  await using stage = await openStage({
    config: { attempts: { perTask: 1 } },
    script: {
      "T-1/1": [write("part.txt", "part\n"), sh('touch "$HOME/part"'), "hang"],
      "T-1/2": [sh("cat part.txt > whole.txt")],
    },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await stage.appears("part");
  run.handle.interrupt({ exitCode: 130, why: "a person asked" });
  assert.deepEqual(await run.over, { exitCode: 130, why: "a person asked" });
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada"]);
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.equal(await stage.scratch.read("whole.txt"), "part\n");
});

test("interrupted while a gate of a landing or of the goal runs, nothing is called red", async () => {
  const slow = {
    name: "slow",
    run: 'touch "$HOME/landing"; until [ -e "$HOME/go" ]; do sleep 0.03; done',
  };
  const inLanding = 'case "$PWD" in */landing) ;; *) exit 0;; esac; ';
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      gates: [{ ...slow, run: inLanding + slow.run }],
      goal: ["queue", { run: 'touch "$HOME/goal"; test -e "$HOME/met" || sleep 60' }],
    },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await stage.appears("landing");
  run.handle.interrupt({ exitCode: 130, why: "a person asked" });
  assert.equal((await run.over).exitCode, 130);
  assert.equal((await stage.task("T-1")).state, "landing");
  assert.equal(run.of("landing_refused").length, 0);

  await stage.open("go");
  const next = await stage.start();
  await stage.appears("goal");
  next.handle.interrupt({ exitCode: 130, why: "a person asked" });
  assert.equal((await next.over).exitCode, 130);
  assert.equal(next.of("goal_checked").length, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);

  await stage.open("met");
  assert.equal((await (await stage.run()).over).exitCode, 0);
});

test("killed again and again with agents at work, it ends the orphans and goes on from their files", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      attempts: { perTask: 1 },
      gates: [{ name: "three", run: "[ ! -e n.txt ] || [ $(wc -l < n.txt) -ge 4 ]" }],
    },
    script: {
      "T-1": [
        sh(
          'echo line >> n.txt; touch "$HOME/started-{attempt}"; [ {attempt} -ge 4 ] || setsid sleep 60',
        ),
      ],
      "*": [write("{task}.txt", "x\n")],
    },
  });
  await stage.add("T-1");
  const logs: string[] = [];
  for (const attempt of [1, 2, 3]) {
    const child = stage.scratch.start(process.execPath, [program, stage.scratch.dir]);
    const ended = stage.scratch.ended(child);
    await stage.appears(`started-${attempt}`);
    await stage.rows(`T-1 (attempt ${attempt})`, "started");
    child.kill("SIGKILL");
    assert.equal((await ended).signal, "SIGKILL");
    // Asked of nobody, it is put into the queue and handed to no agent of a run that is dead.
    if (attempt === 1) await stage.add("T-2");
    assert.ok(alive(stage.scratch).length > 0, "its agents outlive it");
    logs.push(await stage.scratch.read(".temoin/LOG.md"));
  }
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(alive(stage.scratch), []);
  assert.deepEqual(await stage.attempts("T-2"), ["verified ada"]);
  assert.deepEqual(await stage.attempts("T-1"), [
    "lost ada",
    "lost ada",
    "lost ada",
    "verified ada",
  ]);
  assert.equal(await stage.scratch.read("n.txt"), "line\n".repeat(4));
  await assertLogIsWhole(stage, logs);
});

/** Rows of the log are neither missing nor doubled, and what was written once is never rewritten. */
async function assertLogIsWhole(stage: Stage, earlier: readonly string[]): Promise<void> {
  const log = await stage.scratch.read(".temoin/LOG.md");
  for (const text of earlier) {
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    assert.ok(log.startsWith(whole), "a row was rewritten");
  }
  const numbers = [...log.matchAll(/<!-- (\d+) -->/g)].map((match) => Number(match[1]));
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].toSorted((a, b) => a - b),
  );
  const events = await stage.app.events(0);
  for (const type of ["attempt_offered", "attempt_ended", "landed", "run_ended"]) {
    for (const [index, event] of events.entries()) {
      if (event.type === type) assert.ok(numbers.includes(index + 1), `${type} ${index + 1}`);
    }
  }
}

function alive(scratch: Scratch): readonly number[] {
  return readProcessTable()
    .filter((row) => scratch.owns(row.pid))
    .map((row) => row.pid);
}

const script = {
  "T-1": [sh('touch "$HOME/at-work"'), wait("go"), write("a.txt", "a\n")],
  "T-2": [write("b.txt", "b\n")],
};

test("a hangup lets what is at work end and land, with exit code 129, and the next run goes on", async () => {
  await using stage = await openStage({ agents: { ada: {} }, script });
  await stage.add("T-1 T-2");
  const child = stage.scratch.startTemoin("run");
  const over = stage.scratch.ended(child);
  await stage.appears("at-work");
  child.kill("SIGHUP");
  await stage.open("go");
  const { code, stdout, stderr } = await over;
  assert.equal(code, 129, stderr);
  assert.match(stdout, /^stopped by SIGHUP \(exit code 129\)$/m);
  assert.match(stderr, /^next: temoin run goes on from here$/m);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal((await (await stage.run()).over).exitCode, 0);
});

test("closed in the midst of it, a terminal leaves what the next run goes on from", async () => {
  await using stage = await openStage({ agents: { ada: {} }, script });
  const { scratch } = stage;
  await stage.add("T-1 T-2");
  {
    await using _terminal = await PersonTerminal.open(scratch, [temoin, "run"]);
    await stage.appears("at-work");
  }
  const holder = await stage.app.holder();
  assert(holder !== null, "it was not ended at once");
  await stage.open("go");
  while ((await stage.app.holder()) !== null) await scratch.run("sleep", ["0.05"]);
  const { run } = await stage.app.state();
  assert.deepEqual([run?.ended?.exitCode, run?.ended?.why], [129, "stopped by SIGHUP"]);
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await landings(scratch), ["T-1", "T-2"]);
});

test("under nohup a run hears of no closed terminal", async () => {
  await using stage = await openStage({ agents: { ada: {} }, script });
  const { dir, env } = stage.scratch;
  await stage.add("T-1");
  const child = spawn("nohup", [temoin, "run"], { cwd: dir, env, stdio: "ignore", detached: true });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await stage.appears("at-work");
  process.kill(-Number(child.pid), "SIGHUP");
  await stage.open("go");
  assert.equal(await ended, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
});

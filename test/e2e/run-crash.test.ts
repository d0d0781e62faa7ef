import assert from "node:assert/strict";
import { chmod, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { readProcessTable } from "../../src/lib/process-table.ts";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, sh, wait, write } from "./stage.ts";

const killed = { crash: { signal: "SIGKILL" } };

test("work of a crashed agent is saved, untracked files too, and another agent goes on from it", async () => {
  await using stage = await openStage({
    config: { gates: [{ name: "whole", run: "grep -q half half.txt && test -e rest.txt" }] },
    script: {
      "T-1/1": [write("half.txt", "half\n"), killed],
      "T-1/2": [write("rest.txt", "rest\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["crashed ada", "verified bo"]);
  const saved = "refs/temoin/saved/T-1/1/1";
  assert.equal(await stage.scratch.git("show", `${saved}:half.txt`), "half");
  const second = (await stage.task("T-1")).attempts[1];
  assert(second?.base.from === "attempt");
  assert.equal(second.base.commit, await stage.scratch.git("rev-parse", saved));
  assert.match(await stage.prompt("T-1", 2, 1), /Attempt 1 by ada ended as `crashed`/);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
});

test("the only agent is tried again after a pause; after perTask crashes the run ends with 3", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { attempts: { perTask: 2 } },
    script: { "T-1": [{ crash: 3 }], "T-2": [write("two.txt", "2\n")] },
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 3, why);
  const task = await stage.task("T-1");
  assert.equal(task.state, "failed");
  const [first, second] = task.attempts;
  assert(first?.phase === "ended" && second?.phase === "ended");
  assert.match(first.why, /exited with 3/);
  assert.ok(second.startedAt - first.endedAt >= 1000, "tried again only after a pause");
  assert.deepEqual(await landings(stage.scratch), ["T-2"], "meanwhile the slot does other work");
});

test("a turn that outlasts watch.turn ends with all that it started; its work goes on elsewhere", async () => {
  await using stage = await openStage({
    config: { watch: { turn: "3s" } },
    script: {
      "T-1/1": [
        write("part.txt", "part\n"),
        { spawn_child: { ms: 60_000, detached: true } },
        "hang",
      ],
      "T-1/2": [write("rest.txt", "rest\n")],
    },
  });
  await stage.add("T-1", { verify: ["test -e part.txt && test -e rest.txt"] });
  const run = await stage.start();
  let alive: readonly number[] | null = null;
  // In the very moment of the event: the next agent has not been started.
  run.onEvent = (event) => {
    if (event.type === "attempt_ended") alive ??= agentsAlive(stage);
  };
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(alive, []);
  assert.deepEqual(await stage.attempts("T-1"), ["timed_out ada", "verified bo"]);
  assert.equal(await stage.scratch.git("show", "refs/temoin/saved/T-1/1/1:part.txt"), "part");
});

test("an agent whose program is missing breaks its slot, the others go on; with none left it is 7", async () => {
  await using stage = await openStage({
    agents: { ghost: { command: ["no-such-agent-program"] }, ada: {} },
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  const ghost = [...(await stage.app.state()).slots.values()][0];
  assert.match(String(ghost?.broken?.why), /`no-such-agent-program` was not found on PATH/);

  await using alone = await openStage({
    agents: { ghost: { command: ["no-such-agent-program"] } },
  });
  await alone.add("T-1");
  const { exitCode, why } = await (await alone.run()).over;
  assert.equal(exitCode, 7);
  assert.match(why, /no-such-agent-program/);
  assert.equal((await alone.task("T-1")).state, "queued");
});

test("an agent that vanishes in mid-run breaks its slot; its task goes on with another", async () => {
  await using stage = await openStage({
    agents: { own: { command: ["./own.sh"] }, ada: {} },
    files: { "own.sh": "#!/bin/sh\ncat >/dev/null\ndate > one.txt\n" },
    script: { "T-2/1": [wait("go"), write("two.txt", "2\n")], "T-3": [write("three.txt", "3\n")] },
  });
  const program = path.join(stage.scratch.dir, "own.sh");
  await chmod(program, 0o755);
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.until("landed", (one) => one.task === "T-1");
  await rm(program);
  await stage.add("T-3");
  const broken = await run.until("slot_broken");
  assert.equal(broken.slot, "own-1");
  assert.match(broken.why, /own\.sh/);
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-3"), ["crashed own", "verified ada"]);
});

test("an agent that deletes its workspace fails its attempt and nothing else", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [sh('rm -rf "$PWD"')],
      "*": [write("{task}.txt", "x\n")],
    },
  });
  await stage.add("T-1 T-2");
  const { exitCode, why } = await (await stage.run()).over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(await stage.attempts("T-1"), ["crashed ada", "verified ada"]);
  assert.deepEqual(await landings(stage.scratch), ["T-2", "T-1"]);
});

test("setup runs once per workspace, and again when a lock file has changed", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { setup: 'echo "$(basename "$PWD")" >> "$HOME/setups"' },
    files: { "package-lock.json": "{}\n" },
    script: {
      "T-2": [write("package-lock.json", '{"changed": true}\n')],
      "*": [write("work/{task}.txt", "x\n")],
    },
  });
  const chain = ["T-1", "T-2", "T-3", "T-4"];
  await stage.add("T-1");
  for (const [n, name] of chain.entries()) {
    if (n > 0) await stage.add(name, { deps: [(await stage.task(chain[n - 1] ?? "")).spec.id] });
  }
  const { exitCode, why } = await (await stage.run()).over;
  assert.equal(exitCode, 0, why);
  const setups = (await readFile(path.join(stage.scratch.folder, "setups"), "utf8")).trim();
  // Before T-1 and again before T-3, which is the first to start from T-2's change. No gate is
  // configured: nothing is run on the landing.
  assert.deepEqual(setups.split("\n"), ["ada-1", "ada-1"]);
});

test("a setup that fails is named, and no agent is started on it", async () => {
  await using stage = await openStage({
    config: { setup: "echo no network; exit 9", attempts: { perTask: 1 } },
    script: { "*": [sh('touch "$HOME/started"')] },
  });
  await stage.add("T-1");
  const { exitCode } = await (await stage.run()).over;
  assert.equal(exitCode, 3);
  const [attempt] = (await stage.task("T-1")).attempts;
  assert(attempt?.phase === "ended");
  assert.match(attempt.why, /setup failed: .*exit code 9/);
  await assert.rejects(readFile(path.join(stage.scratch.folder, "started")));
  assert.match(await stage.scratch.read(".temoin/proof/T-1/1/setup.log"), /no network/);
});

function agentsAlive(stage: Stage): readonly number[] {
  return readProcessTable()
    .filter((row) => /node|sleep/.test(row.name) && stage.scratch.owns(row.pid))
    .map((row) => row.pid);
}

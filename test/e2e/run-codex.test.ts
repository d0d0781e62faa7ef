/** Whole runs with codex in tmux: the fake app-server, and a temoin that is killed beside it. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { untilTrue } from "../contract/driver-terminal-stage.ts";
import { type RecordLine, readRecord } from "../fake-agent/tui/record.ts";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, wait, write } from "./stage.ts";

const fakeCodex = fileURLToPath(new URL("../fake-agent/fake-codex.ts", import.meta.url));
const program = fileURLToPath(new URL("run-process.ts", import.meta.url));
const record = "record.jsonl";

/** One slot of one codex, `ada`, whose script and record lie beside the project. */
async function openCodexStage(
  script: Readonly<Record<string, readonly unknown[]>>,
  agent: Readonly<Record<string, unknown>> = {},
): Promise<Stage> {
  const stage = await openStage();
  const { folder } = stage.scratch;
  const scriptFile = path.join(folder, "codex.json");
  await writeFile(scriptFile, JSON.stringify(script));
  const command = [process.execPath, fakeCodex, scriptFile];
  const env = { FAKE_AGENT_RECORD: path.join(folder, record) };
  const ada = { driver: "codex", transport: "tmux", command, env, ...agent };
  await stage.scratch.write("temoin.yaml", stringify({ version: 1, agents: { ada } }));
  await stage.scratch.git("commit", "--quiet", "--all", "--message", "codex in tmux");
  return stage;
}

function recorded(stage: Stage, type: RecordLine["type"]): number {
  const lines = readRecord(path.join(stage.scratch.folder, record));
  return lines.filter((line) => line.type === type).length;
}

/** A run in a process of its own, up to the turn of its first prompt; then it is killed. */
async function killInTurn(stage: Stage): Promise<void> {
  const { dir, env } = stage.scratch;
  const run: ChildProcess = spawn(process.execPath, [program, dir], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  await stage.rows("T-1", "started");
  await untilRecorded(stage, "turn");
  const ended = new Promise((resolve) => run.once("exit", resolve));
  run.kill("SIGKILL");
  await ended;
}

/** The record is beside the project: its folder tells each change of it. */
function untilRecorded(stage: Stage, type: RecordLine["type"]): Promise<void> {
  return stage.changed(async () => recorded(stage, type) > 0);
}

const bash = { permission: { tool: "Bash", text: "make install" } };

test("codex works in a window that a person is led to, one task after the other", async () => {
  await using stage = await openCodexStage({
    "T-1": [wait("go"), write("a.txt", "a\n")],
    "T-2": [write("b.txt", "b\n")],
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await untilRecorded(stage, "turn");
  await run.untilWorking("T-1");
  const [hint] = [...(await stage.app.attachHints()).values()];
  assert(hint !== undefined);
  const screen = ["capture-pane", "-p", "-t", hint.window];
  await untilTrue(async () => {
    const { stdout } = await stage.scratch.run("tmux", [...hint.socket, ...screen]);
    return stdout.startsWith("The screen of ") ? true : null;
  });
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
});

test("temoin killed in mid-turn: codex works on, and the next run goes on with the same attempt", async () => {
  await using stage = await openCodexStage({
    "T-1": [wait("go"), write("a.txt", "a\n"), { report: { kind: "note", text: "still here" } }],
  });
  await stage.add("T-1");
  await killInTurn(stage);
  const run = await stage.start();
  await run.until("attempt_resumed");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.equal(recorded(stage, "prompt"), 1, "the prompt was not given twice");
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  const reports = (await stage.task("T-1")).attempts[0]?.reports ?? [];
  assert(
    reports.some((report) => report.text === "still here"),
    "its old token still speaks",
  );
});

test("a turn of codex that ended while temoin was away is judged by the next run", async () => {
  await using stage = await openCodexStage({ "T-1": [wait("go"), write("a.txt", "a\n")] });
  await stage.add("T-1");
  await killInTurn(stage);
  await stage.open("go");
  await untilRecorded(stage, "turn_ended");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.equal(recorded(stage, "prompt"), 1);
});

test("what codex asked when temoin was killed is asked again, and answered by a person", async () => {
  await using stage = await openCodexStage(
    { "T-1": [bash, write("a.txt", "a\n")] },
    { autonomy: "ask" },
  );
  await stage.add("T-1");
  await killInTurn(stage);
  const run = await stage.start();
  const { id, ask } = await run.until("asked");
  assert.equal(ask.says, "May it run `make install`?");
  await stage.app.ask({ type: "answer", ask: id, answer: { choice: "accept" } });
  await run.until("ask_closed");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
});

test("the tmux server killed: the work of codex is saved, and goes on in another session", async () => {
  await using stage = await openCodexStage({
    "T-1/1": [write("half.txt", "half\n"), "hang"],
    "T-1/2": [write("rest.txt", "rest\n")],
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await untilRecorded(stage, "turn");
  const [hint] = [...(await stage.app.attachHints()).values()];
  assert(hint !== undefined);
  const listed = await stage.scratch.run("tmux", [
    ...hint.socket,
    "display-message",
    "-p",
    "#{pid}",
  ]);
  process.kill(Number(listed.stdout), "SIGKILL");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal(await stage.scratch.read("half.txt"), "half\n");
});

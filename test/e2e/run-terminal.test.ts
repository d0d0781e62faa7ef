/** Whole runs with agents in a terminal: the fake agent's full screens in a real tmux. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { type RecordLine, readRecord } from "../fake-agent/tui/record.ts";
import { id } from "../task-spec.ts";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, sh, wait, write } from "./stage.ts";

const fakeTui = fileURLToPath(new URL("../fake-agent/fake-tui.ts", import.meta.url));
const program = fileURLToPath(new URL("run-process.ts", import.meta.url));
const record = "record.jsonl";

interface TerminalOptions {
  readonly script: Readonly<Record<string, readonly unknown[]>>;
  readonly manners?: Readonly<Record<string, unknown>>;
  readonly like?: string;
  readonly agent?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** One slot of one agent, `ada`, whose script and record lie beside the project. */
async function openTerminalStage(options: TerminalOptions): Promise<Stage> {
  const { like = "claude", script, manners = {}, agent = {}, config = {} } = options;
  const stage = await openStage();
  const { folder } = stage.scratch;
  const scriptFile = path.join(folder, "terminal.json");
  const all = { ...script, manners: { enter_after_start_ms: 0, ...manners } };
  await writeFile(scriptFile, JSON.stringify(all));
  const ada = {
    driver: "terminal",
    profile: like,
    command: [process.execPath, fakeTui, "--like", like, scriptFile],
    env: { FAKE_AGENT_RECORD: path.join(folder, record) },
    ...agent,
  };
  await stage.scratch.write("temoin.yaml", stringify({ version: 1, agents: { ada }, ...config }));
  await stage.scratch.git("commit", "--quiet", "--all", "--message", "agents in a terminal");
  return stage;
}

function recorded(stage: Stage): readonly RecordLine[] {
  return readRecord(path.join(stage.scratch.folder, record));
}

function prompts(stage: Stage): number {
  return recorded(stage).filter((entry) => entry.type === "prompt").length;
}

function startApart(stage: Stage): ChildProcess {
  const { dir, env } = stage.scratch;
  return spawn(process.execPath, [program, dir], { env, stdio: ["ignore", "ignore", "inherit"] });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

test("tasks go one after the other through one session, red work is mended in it, all of it lands", async () => {
  await using stage = await openTerminalStage({
    config: { gates: [{ name: "good", run: "! grep -rq bad work 2>/dev/null" }] },
    script: {
      "T-1/1/1": [write("work/one.txt", "bad\n"), "lie"],
      "T-1/1/2": [write("work/one.txt", "good\n")],
      "T-2": [write("work/two.txt", "good\n")],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.deepEqual((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  const entries = recorded(stage);
  assert.equal(entries.filter((entry) => entry.type === "started").length, 1, "one session");
  assert.equal(prompts(stage), 3);
  assert.deepEqual(
    entries.flatMap((entry) => (entry.type === "command" ? [entry.text] : [])),
    ["/clear"],
    "the second task has a context of its own",
  );
  const seen = run.of("agent_seen").map((event) => event.state);
  assert(seen.includes("working") && seen.includes("idle"), seen.join());
});

test("an ask goes to the inbox; answered by a person, the agent goes on, and the record has the answer", async () => {
  await using stage = await openTerminalStage({
    agent: { autonomy: "ask" },
    script: {
      "T-1": [{ permission: { tool: "Bash", text: "make install" } }, write("a.txt", "a\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.start();
  const { id, ask } = await run.until("asked");
  assert.equal(ask.kind, "permission");
  const item = (await stage.app.state()).inbox.get(`ask:${id}`);
  assert.match(item?.says ?? "", /ada-1 on T-1: .*\[1 Yes/);
  const [yes = ""] = ask.choices;
  await stage.app.ask({ type: "answer", ask: id, answer: { choice: yes } });
  await run.until("ask_closed");
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal(recorded(stage).filter((entry) => entry.type === "answer").length, 1);
});

test("temoin killed in mid-turn: the agent works on, and the next run goes on with the same attempt", async () => {
  await using stage = await openTerminalStage({
    script: {
      "T-1": [wait("go"), write("a.txt", "a\n"), { report: { kind: "note", text: "still here" } }],
    },
  });
  await stage.add("T-1");
  const first = startApart(stage);
  await stage.rows("T-1", "started");
  await untilRecorded(stage, "turn");
  await kill(first);

  const run = await stage.start();
  await run.until("attempt_resumed");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.equal(prompts(stage), 1, "the prompt was not given twice");
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  const reports = (await stage.task("T-1")).attempts[0]?.reports ?? [];
  assert(
    reports.some((report) => report.text === "still here"),
    "its old token still speaks",
  );
});

test("of an attempt that is taken up again, what the one before it wrote of itself is no report", async () => {
  const section = "\n### T-1: BLOCKED\n\nWhich colour?\n";
  await using stage = await openTerminalStage({
    script: {
      "T-1/1": [write("half.txt", "half\n"), { append: { path: "CLAUDE.md", text: section } }],
      "T-1/2": [sh("touch $HOME/at-work"), wait("go"), write("whole.txt", "blue\n")],
    },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 4);
  assert.deepEqual(await stage.attempts("T-1"), ["blocked ada"]);
  await stage.app.ask({ type: "tell", id: id("T-1"), tellId: "t", text: "Blue" });
  const first = startApart(stage);
  await stage.appears("at-work");
  await kill(first);

  const run = await stage.start();
  await run.until("attempt_resumed");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["blocked ada", "verified ada"]);
});

test("a turn that ended while temoin was away is judged by the next run", async () => {
  await using stage = await openTerminalStage({
    script: { "T-1": [wait("go"), write("a.txt", "a\n")] },
  });
  await stage.add("T-1");
  const first = startApart(stage);
  await untilRecorded(stage, "turn");
  await kill(first);
  await stage.open("go");
  await untilRecorded(stage, "turn_ended");

  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.equal(prompts(stage), 1);
});

test("the tmux server killed: noticed at once, the work is saved, and goes on in another session", async () => {
  await using stage = await openTerminalStage({
    script: {
      "T-1/1": [write("half.txt", "half\n"), sh('touch "$HOME/half-done"'), "hang"],
      "T-1/2": [write("rest.txt", "rest\n")],
    },
    config: { gates: [{ name: "whole", run: "grep -q half half.txt && test -e rest.txt" }] },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await stage.appears("half-done");
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
  assert.deepEqual(await stage.attempts("T-1"), ["lost ada", "verified ada"]);
});

test("interrupted, the agent is ended with its window and its work is saved", async () => {
  await using stage = await openTerminalStage({
    script: { "T-1": [write("part.txt", "part\n"), "hang"] },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await untilRecorded(stage, "turn");
  await run.untilWorking("T-1");
  run.handle.interrupt({ exitCode: 130, why: "a person asked" });
  assert.equal((await run.over).exitCode, 130);
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada"]);
  assert.equal((await stage.app.attachHints()).size, 0);
});

test("a signal to the whole group of a run does not reach its windows: what is at work ends and lands", async () => {
  await using stage = await openTerminalStage({
    script: { "T-1": [wait("go"), write("a.txt", "a\n")] },
  });
  await stage.add("T-1");
  const { dir, env } = stage.scratch;
  const temoin = fileURLToPath(new URL("../../bin/temoin", import.meta.url));
  const child = spawn(temoin, ["run"], { cwd: dir, env, stdio: "ignore", detached: true });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await untilRecorded(stage, "turn");
  await stage.rows("T-1", "started");
  process.kill(-Number(child.pid), "SIGTERM");
  await stage.open("go");
  assert.equal(await ended, 143);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
});

/** The record is beside the project: its folder tells each change of it. */
function untilRecorded(stage: Stage, type: RecordLine["type"]): Promise<void> {
  return stage.changed(async () => recorded(stage).some((entry) => entry.type === type));
}

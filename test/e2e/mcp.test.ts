import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { socketPath } from "../../src/app/places.ts";
import type { Scratch } from "./scratch-project.ts";
import { openStage, type Stage, sh, wait, write } from "./stage.ts";
import { openTools } from "./tool-client.ts";

const workers = ["my_task", "report", "ask"];
const observers = ["status", "ls", "show", "why", "log", "diff", "proof", "inbox"];
const conductors = [
  ...observers,
  "add",
  "edit",
  "split",
  "cancel",
  "answer",
  "tell",
  "retry",
  "acknowledge",
  "decide",
  "report",
];

/** What temoin gives to the agent of a slot. */
async function environmentOf(stage: Stage, slot: string): Promise<Record<string, string>> {
  const tokens = JSON.parse(await stage.scratch.read(".temoin/tokens.json"));
  const socket = socketPath(stage.scratch.env, await stage.app.place());
  return { TEMOIN_TOKEN: String(tokens[slot]), TEMOIN_SOCKET: socket };
}

/** An agent is at work on T-1 until the test opens `go`. */
async function atWork() {
  const stage = await openStage({
    agents: { ada: {} },
    script: { "*": [wait("go"), write("work/{task}.txt", "x\n")] },
    config: { gates: [{ name: "lines", run: "echo looked; test -d work" }] },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.untilWorking("T-1");
  return { stage, run, env: await environmentOf(stage, "ada-1") };
}

test("an agent at work asks for its task and reports, and its reports are its attempt's", async () => {
  const { stage, run, env } = await atWork();
  await using _stage = stage;
  await using tools = await openTools(stage.scratch, ["--role", "worker"], env);
  assert.deepEqual(await tools.tools(), workers);
  const own = await tools.call("my_task");
  assert.deepEqual([own.value?.["id"], own.value?.["attempt"]], ["T-1", 1], own.text);

  const asked = await tools.call("ask", { question: "Which colour?", choices: ["red", "blue"] });
  assert.deepEqual(asked.value, { ask: "Q-1", answer: null }, asked.text);
  assert.equal((await stage.scratch.temoin("answer", "Q-1", "blue")).code, 0);
  const told = (await tools.call("my_task")).value?.["tells"] as { text: string }[];
  assert.match(told[0]?.text ?? "", /You asked: “Which colour\?” The answer is: .*blue/);

  const note = await tools.call("report", { kind: "note", text: "the parser is next" });
  assert.deepEqual(note.value, { reported: "note" });
  const done = { kind: "done", text: "all there", files: ["work/T-1.txt"], tests: "1 passed" };
  await tools.call("report", done);
  await stage.open("go");
  await run.over;
  const [attempt] = (await stage.task("T-1")).attempts;
  assert.deepEqual(
    attempt?.reports.map(({ kind, text, files, tests }) => ({ kind, text, files, tests })),
    [{ kind: "note", text: "the parser is next", files: [], tests: null }, done],
  );

  const late = await tools.call("report", { kind: "note", text: "one more" });
  assert.deepEqual([late.isError, late.value], [true, null]);
  assert.match(late.text, /No temoin is at work that could hear this agent/);
});

test("whoever waits for it finds a file when the agent has been given the list", async () => {
  await using stage = await openStage();
  const listed = path.join(stage.scratch.folder, "Listed.0.0");
  const args = ["--role", "observer", "--listed", listed];
  await using tools = await openTools(stage.scratch, args, {});
  // It was asked for when this began. The file is left behind the answer, and before the next one.
  await tools.call("status");
  assert.deepEqual(JSON.parse(await readFile(listed, "utf8")), {});
});

test("what a caller may do is told by its token, whatever list it was offered", async () => {
  const { stage, env } = await atWork();
  await using _stage = stage;
  const { seq } = await stage.app.state();
  await using tools = await openTools(stage.scratch, ["--role", "conductor"], env);
  assert.deepEqual(await tools.tools(), conductors);
  for (const [name, input] of [
    ["cancel", { id: "T-1" }],
    ["add", { title: "mine" }],
    ["edit", { id: "T-2", priority: "urgent" }],
    ["answer", { ask: "Q-1", choice: "1" }],
  ] as const) {
    const refused = await tools.call(name, input);
    assert.match(refused.text, new RegExp(`A worker cannot ${name}: TEMOIN_TOKEN is set`));
    assert.ok(refused.isError);
  }
  assert.equal((await tools.call("ls")).isError, false, "who works may look");

  await using guessed = await openTools(stage.scratch, ["--role", "conductor"], {
    ...env,
    TEMOIN_TOKEN: "guessed",
  });
  assert.match((await guessed.call("cancel", { id: "T-1" })).text, /This token is nobody's/);
  await using unknown = await openTools(stage.scratch, ["--role", "worker"], {
    ...env,
    TEMOIN_TOKEN: "guessed",
  });
  const said = await unknown.call("report", { kind: "done" });
  assert.match(said.text, /This token is nobody's/);
  // The command line in an agent's shell is held to the same.
  Object.assign(stage.scratch.env, env);
  for (const words of [["cancel", "T-1"], ["add", "x"], ["pause"], ["down"], ["run"]]) {
    const ended = await stage.scratch.temoin(...words);
    assert.deepEqual([ended.code, ended.stdout], [1, ""], words.join(" "));
    assert.match(ended.stderr, /A worker cannot /, words.join(" "));
  }
  const happened = (await stage.app.events(seq)).map(({ type }) => type);
  assert.deepEqual(
    happened.filter((type) => /^(task|ending|project|ask|told|run)/.test(type)),
    [],
  );
});

test("a file says whom an agent speaks for, where its environment does not", async () => {
  const { stage, env } = await atWork();
  await using _stage = stage;
  const file = path.join(stage.scratch.folder, "as.json");
  const as = { token: env["TEMOIN_TOKEN"], socket: env["TEMOIN_SOCKET"] };
  await writeFile(file, JSON.stringify(as), { mode: 0o600 });
  await using tools = await openTools(stage.scratch, ["--role", "worker", "--as", file]);
  assert.equal((await tools.call("my_task")).value?.["id"], "T-1");

  await chmod(file, 0o600);
  await writeFile(file, "{}");
  const ended = await stage.scratch.temoin("mcp", "--role", "worker", "--as", file);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /Cannot tell from `.*as\.json` whom this agent speaks for/);
});

test("a person's own agent looks at everything, and each answer keeps to its schema", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [sh("exit 0"), write("work/a.txt", "one line that only a diff tells\n")],
      "*": [sh("exit 0")],
    },
    config: { gates: [{ name: "lines", run: "echo so it looked; test -d work" }] },
  });
  await stage.add("T-1 T-2");
  await (await stage.run()).over;
  await using tools = await openTools(stage.scratch, ["--role", "observer"]);
  assert.deepEqual(await tools.tools(), observers);
  const ls = (await tools.call("ls")).value as { tasks: { id: string; state: string }[] };
  assert.deepEqual(
    ls.tasks.map(({ id, state }) => [id, state]),
    [
      ["T-1", "done"],
      ["T-2", "needs_human"],
    ],
  );
  const status = await tools.call("status");
  assert.match(status.text, /"done":1\b/);
  const shown = (await tools.call("show", { id: "t-1" })).value?.["task"] as { landed: string };
  assert.match((await tools.call("diff", { id: "T-1" })).text, /one line that only a diff tells/);
  assert.match(JSON.stringify((await tools.call("log")).value), new RegExp(shown.landed));
  const proof = await tools.call("proof", { id: "T-1", gate: "lines" });
  assert.match(String(proof.value?.["output"]), /so it looked/);
  assert.match((await tools.call("inbox")).text, /T-2/);
  assert.equal((await tools.call("why", { subject: "T-2" })).value?.["state"], "needs_human");

  const unknown = await tools.call("show", { id: "TT-1" });
  assert.match(unknown.text, /There is no task `TT-1`/);
  assert.match((await tools.call("proof", { id: "T-1", gate: "line" })).text, /Did you mean lines/);
  assert.match((await tools.call("show", {})).text, /Cannot show: id /);
});

test("the doctor asks the server of the tools, where an agent is given them", async () => {
  const agents = { ada: { driver: "acp", command: ["sh"] } };
  await using stage = await openStage({ agents, config: { conductor: { order: ["ada"] } } });
  const { stdout } = await stage.scratch.temoin("doctor", "--json");
  const checks: { name: string; ok: boolean; detail: string }[] = JSON.parse(stdout).checks;
  const tools = checks.find(({ name }) => name === "tools");
  assert.equal(tools?.ok, true, stdout);
  const counts = `${workers.length} tools for a worker, ${conductors.length} tools for the conductor`;
  assert.ok(tools?.detail.includes(counts), tools?.detail);
});

test("a person's own agent plans by the conductor's tools", async () => {
  await using stage = await openStage({ agents: { ada: {} } });
  await using tools = await openTools(stage.scratch, ["--role", "conductor"]);
  const ofOffice = ["acknowledge", "decide", "report"];
  const list = conductors.filter((name) => !ofOffice.includes(name));
  assert.deepEqual(await tools.tools(), list, "it holds no office");
  const added = await tools.call("add", {
    title: "Write the parser",
    body: "## Objective\nParse.",
  });
  assert.equal(added.value?.["id"], "T-1", added.text);
  await tools.call("add", { title: "Test the parser", after: ["T-1"], role: "tests" });
  await tools.call("edit", { id: "T-1", priority: "urgent", body: "## Objective\nParse it all." });
  const { spec } = await stage.task("T-1");
  assert.deepEqual([spec.priority, spec.title], ["urgent", "Write the parser"]);
  assert.match((await tools.call("show", { id: "T-1" })).text, /Parse it all\./);
  const plan = "- [ ] Read it (touches: src/read/**)\n- [ ] Check it (depends on T-1-1)";
  const split = await tools.call("split", { id: "T-1", plan });
  assert.deepEqual(split.value?.["parts"], ["T-1-1", "T-1-2"], split.text);
  assert.deepEqual((await stage.task("T-2")).spec.deps, ["T-1-1", "T-1-2"]);
  await tools.call("cancel", { id: "T-2" });
  assert.equal((await stage.task("T-2")).state, "cancelled");
  const wrong = await tools.call("edit", { id: "T-1-1", priority: "now" });
  assert.match(wrong.text, /priority must be one of urgent, high, medium, low/);
  assert.match(wrong.text, /\nThe schema of the tool `edit` tells what it takes\.$/);
  for (const [input, says] of [
    [{}, /^Cannot why: subject is missing\.\n/],
    [{ subject: 7 }, /^Cannot why: subject must be a string, but is a number\.\n/],
    [{ subject: "T-1", deep: true }, /^Cannot why: deep is not known\.\n/],
  ] as const) {
    assert.match((await tools.call("why", input)).text, says);
  }
});

const hello = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "hostile", version: "0" },
  },
};

function callOf(id: number, params: unknown) {
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}

/** All lines at once, and then the end of the input, when so many answers have come. */
async function talk(scratch: Scratch, lines: readonly (string | object)[], answers: number) {
  const child = scratch.startPiped("mcp", "--role", "observer");
  const ended = scratch.ended(child);
  const { stdin, stdout } = child;
  let seen = 0;
  stdout?.on("data", (text: string) => {
    seen += text.split("\n").length - 1;
    if (seen >= answers) stdin?.end();
  });
  stdin?.on("error", () => undefined);
  for (const line of lines) {
    stdin?.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
  }
  if (answers === 0) stdin?.end();
  const { stdout: text, ...end } = await ended;
  const told = text.split("\n").filter((line) => line !== "");
  return { ...end, told: told.map((line) => JSON.parse(line)) };
}

test("what was asked before the input ended is answered", async () => {
  await using stage = await openStage();
  const calls = [2, 3, 4].map((id) => callOf(id, { name: "status", arguments: {} }));
  const { told, code } = await talk(stage.scratch, [hello, ...calls], 0);
  assert.equal(code, 0);
  assert.deepEqual(told.map(({ id }) => id).toSorted(), [1, 2, 3, 4]);
});

test("what was taken back before the input ended keeps nobody waiting", async () => {
  await using stage = await openStage();
  const takenBack = {
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 2, reason: "enough" },
  };
  const status = callOf(2, { name: "status", arguments: {} });
  const { code } = await talk(stage.scratch, [hello, status, takenBack], 0);
  assert.equal(code, 0);
});

test("what is no message is passed over, and what makes no sense is refused in words", async () => {
  await using stage = await openStage();
  const garbage = ["", "{", '"', "null", "[]", "\u0000\u0007\ud800", '{"jsonrpc":"1.0"}'];
  const calls = [
    callOf(2, { name: "nothing", arguments: {} }),
    callOf(3, { name: "show", arguments: { id: 7 } }),
    callOf(4, { name: "show", arguments: { id: "T-1", more: true } }),
    callOf(5, { name: "ls", arguments: null }),
    callOf(6, {}),
    { jsonrpc: "2.0", id: 7, method: "tools/steal" },
    callOf(8, { name: "cancel", arguments: { id: "T-1" } }),
    callOf(9, { name: "__proto__", arguments: {} }),
    callOf(10, { name: "ls", arguments: {} }),
  ];
  const { code, told } = await talk(stage.scratch, [...garbage, hello, ...garbage, ...calls], 10);
  assert.equal(code, 0);
  const byId = new Map(told.map((one) => [one.id, one]));
  for (const id of [2, 6, 7, 8, 9]) assert.ok(byId.get(id)?.error, `${id}`);
  assert.match(byId.get(2).error.message, /nothing/);
  assert.match(byId.get(8).error.message, /cancel/, "what is not listed is not there");
  for (const id of [3, 4]) {
    assert.match(byId.get(id).result.content[0].text, /^Cannot show: /);
    assert.equal(byId.get(id).result.isError, true);
  }
  assert.deepEqual(byId.get(10).result.structuredContent, { tasks: [] });
});

test("a line without an end ends the connection, with a word about why", async () => {
  await using stage = await openStage();
  const huge = `{"jsonrpc":"2.0","id":2,"method":"${"x".repeat(5 * 1024 * 1024)}`;
  const { code, stderr, told } = await talk(stage.scratch, [hello, huge], Infinity);
  assert.equal(code, 0);
  assert.match(stderr, /exceeded maximum size/);
  assert.ok(told.length <= 1);
});

test("outside of a repository it says so with each call, and a role that there is not is refused", async () => {
  await using stage = await openStage();
  await using tools = await openTools(stage.scratch, ["--role", "observer", "-C", "/"]);
  const refused = await tools.call("status");
  assert.ok(refused.isError);
  assert.match(refused.text, /repository/);
  const ended = await stage.scratch.temoin("mcp", "--role", "king");
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /role must be one of conductor, planner, worker, observer/);
});

test("what is asked of it at once is done one after the other, in the order of asking", async () => {
  await using stage = await openStage();
  await using tools = await openTools(stage.scratch, ["--role", "conductor"]);
  const titles = Array.from({ length: 30 }, (_, n) => `The work ${n + 1}`);
  const added = await Promise.all(titles.map((title) => tools.call("add", { title })));
  assert.deepEqual(
    added.map(({ value }) => value?.["id"]),
    titles.map((_, n) => `T-${n + 1}`),
  );
  const tasks = [...(await stage.app.state()).tasks.values()];
  assert.deepEqual(
    tasks.map(({ spec }) => spec.title),
    titles,
  );
});

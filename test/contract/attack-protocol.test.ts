/**
 * Programs that speak the stream of Claude Code badly, or mean harm: each turn ends, the session can
 * be used afterwards, and no process is left.
 */

import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { AgentEvent, Session } from "../../src/agents/driver.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { makeClaudeHeadless } from "./driver-claude-headless.ts";
import { agentName, endOf, openStage, readTurn, readUntil, type Stage } from "./driver-stage.ts";

/**
 * What it does at its n-th prompt, in JavaScript: `say(value)` prints a message, `init()` and
 * `done(words)` begin and end a turn, `ask(id, tool, input)` wants to use a tool and resolves with
 * the answer, `raw(text)` prints anything.
 */
const prelude = `
const raw = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
const say = (value) => raw(JSON.stringify(value) + "\\n");
const init = () => say({ type: "system", subtype: "init" });
const done = (words) => say({ type: "result", subtype: "success", result: words });
const text = (words) => ({ type: "assistant", message: { id: "m", content: [{ type: "text", text: words }] } });
const asks = new Map();
const ask = (id, tool_name, input) => new Promise((resolve) => {
  asks.set(id, resolve);
  say({ type: "control_request", request_id: id, request: { subtype: "can_use_tool", tool_name, input } });
});
let prompts = 0;
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.type === "control_request") {
    const { request_id } = message;
    say({ type: "control_response", response: { subtype: "success", request_id } });
  } else if (message.type === "control_response") {
    const { request_id, response } = message.response;
    asks.get(request_id)?.(response);
  } else turn(++prompts);
});
`;

async function begin(turn: string, more: Partial<AgentSpec> = {}) {
  const stage = await openStage();
  const root = join(stage.directory, "root");
  const { driver } = stage.use(await makeClaudeHeadless(root));
  const program = `${prelude}\nasync function turn(n) { ${turn} }`;
  const agent: AgentSpec = {
    name: agentName,
    driver: "claude",
    transport: "headless",
    command: [process.execPath, "-e", program, "--"],
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
    ...more,
  };
  return { stage, session: await stage.start(driver, agent) };
}

async function take(stage: Stage, session: Session, n: number): Promise<readonly AgentEvent[]> {
  const receipt = await session.send(await stage.prompt(n));
  assert(receipt.accepted, JSON.stringify(receipt));
  return await readTurn(session);
}

type AskEvent = Extract<AgentEvent, { type: "ask" }>;

function isAsk(event: AgentEvent): event is AskEvent {
  return event.type === "ask";
}

async function nextAsk(session: Session): Promise<AskEvent["ask"]> {
  const event = (await readUntil(session, isAsk)).at(-1);
  assert(event !== undefined && isAsk(event));
  return event.ask;
}

/** As an expression: it is longer than an argument may be. */
const nested = `'{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)`;

describe("a program that speaks the stream of Claude Code badly", () => {
  const floods = {
    garbage: 'await raw("\\u0000\\u001b]0;x\\u0007{\\n[[[\\n\\"a\\"\\n1e999\\nnull\\n{}\\n");',
    "invalid bytes":
      "await raw(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a, 0xed, 0xa0, 0x80, 0x0a]));",
    "a line of 50 MB": 'await say(text("x".repeat(50_000_000)));',
    "a line of 5 MB": 'await say(text("x".repeat(5_000_000)));',
    "values nested without end": `await raw(${nested} + "\\n");`,
    "10 000 messages in one go":
      'for (let i = 0; i < 10; i += 1) await raw((JSON.stringify(text("line " + i)) + "\\n").repeat(1000));',
    "messages of wrong forms":
      'for (const type of ["system", "assistant", "result", "rate_limit_event", "control_request", "control_cancel_request", "control_response", "__proto__", 7, null]) await say({ type, request: 1, message: [] });',
    "answers that nobody waits for":
      'await say({ type: "control_response", response: { subtype: "success", request_id: "x" } });',
  };
  for (const [name, flood] of Object.entries(floods)) {
    test(`is heard again after ${name}`, async () => {
      const { stage, session } = await begin(`await init(); ${flood} await done("turn " + n);`);
      await using _ = stage;
      for (const n of [1, 2]) assert.equal(endOf(await take(stage, session, n)).says, `turn ${n}`);
      assert((await stat(stage.logFile)).size < 17 * 1024 * 1024);
    });
  }

  test("is answered for a tool that is asked for with values nested without end", async () => {
    const request = `{"type":"control_request","request_id":"q","request":{"subtype":"can_use_tool","tool_name":"X","input":`;
    const { stage, session } = await begin(
      `await init(); await raw(${JSON.stringify(request)} + ${nested} + "}}\\n"); await done("went on");`,
    );
    await using _ = stage;
    assert.equal(endOf(await take(stage, session, 1)).says, "went on");
  });

  test("fails its turn where it dies in the middle of a message", async () => {
    const { stage, session } = await begin(
      'await init(); if (n === 1 && !require("fs").existsSync("again")) { require("fs").writeFileSync("again", ""); await raw(\'{"type":"result","subtype":"suc\'); process.exit(0); } await done("well");',
    );
    await using _ = stage;
    const { end } = endOf(await take(stage, session, 1));
    assert.equal(end.result, "failed");
    assert.equal(endOf(await take(stage, session, 2)).says, "well");
  });

  test("tells the end of a turn twice, and the second is not that of the next", async () => {
    const { stage, session } = await begin(
      'if (n === 2) await done("the first, again"); await init(); await done("turn " + n); if (n === 1) await done("twice");',
    );
    await using _ = stage;
    assert.equal(endOf(await take(stage, session, 1)).says, "turn 1");
    assert.equal(endOf(await take(stage, session, 2)).says, "turn 2");
  });

  test("fails its turn where it closes its output and lives on", async () => {
    const { stage, session } = await begin(
      'await init(); require("fs").closeSync(1); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);',
    );
    await using _ = stage;
    const { end } = endOf(await take(stage, session, 1));
    assert.deepEqual(end, { result: "failed", why: "it closed its output" });
  });

  test("is ended with its daemons, also where it heeds no SIGTERM", async () => {
    const { stage, session } = await begin(
      'await init(); process.on("SIGTERM", () => {}); const { spawn } = require("node:child_process"); spawn("sh", ["-c", "trap \\"\\" TERM; while :; do sleep 1; done"], { detached: true, stdio: "ignore" }).unref(); await say(text("ready"));',
    );
    await using _ = stage;
    await session.send(await stage.prompt(1));
    await readUntil(session, (event) => event.type === "activity");
    assert(stage.processes().length >= 2);
    await session.interrupt();
    assert.deepEqual(endOf(await readTurn(session)).end, { result: "interrupted" });
    assert.deepEqual(stage.processes(), []);
  });
});

describe("a program that asks badly", () => {
  const hostile =
    "rm x\u001b]0;owned\u0007\nQ-1 answered: Yes | a | b |\r\u009b2J`<!--\u2028\u202e";

  test("has its words told as one plain line, choices too", async () => {
    const { stage, session } = await begin(
      `await init(); const words = ${JSON.stringify(hostile)}; const options = [{ label: words }, { label: "B\\n\\u001b[31m" }, { label: "\\u0007" }];
       const { updatedInput } = await ask("q", "AskUserQuestion", { questions: [{ question: words, options }] });
       await done(JSON.stringify(Object.values(updatedInput.answers)));`,
    );
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const { says, choices } = await nextAsk(session);
    for (const line of [says, ...choices]) assert.doesNotMatch(line, /\p{Cc}/u);
    assert.equal(new Set(choices).size, choices.length);
    const [, second = ""] = choices;
    assert.equal(second, "B");
    assert.equal((await session.answer?.("q", { choice: second }))?.accepted, true);
    // Its own words come back to it.
    assert.equal(endOf(await readTurn(session)).says, '["B\\n\\u001b[31m"]');
  });

  test("gets each ask answered once, however often it is asked and answered", async () => {
    const { stage, session } = await begin(
      'await init(); ask("q", "Bash", { command: "a" }); ask("q", "Bash", { command: "b" }); const other = ask("r", "Bash", { command: "c" }); const first = await new Promise((resolve) => asks.set("q", resolve)); const second = await other; await done(first.behavior + " " + second.behavior);',
      { autonomy: "ask" },
    );
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = await nextAsk(session);
    assert.equal(ask.says, "May it run `a`?");
    const other = await nextAsk(session);
    assert.equal(other.id, "r");
    const answers = await Promise.all(
      [1, 2, 3].map(() => session.answer?.(ask.id, { choice: "No" })),
    );
    assert.deepEqual(
      answers.map((one) => one?.accepted),
      [true, false, false],
    );
    assert.equal((await session.answer?.("nothing", { choice: "Yes" }))?.accepted, false);
    await session.answer?.("r", { choice: "Yes" });
    assert.equal(endOf(await readTurn(session)).says, "deny allow");
    assert.equal((await session.answer?.("r", { choice: "Yes" }))?.accepted, false);
  });

  test("after the end of its turn is not answered in the next one", async () => {
    const { stage, session } = await begin(
      'await init(); await done("turn " + n); if (n === 1) ask("late", "Bash", { command: "rm" });',
      { autonomy: "ask" },
    );
    await using _ = stage;
    assert.equal(endOf(await take(stage, session, 1)).says, "turn 1");
    const events = await take(stage, session, 2);
    const types = events.map(({ type }) => type);
    const count = (wanted: string) => types.filter((type) => type === wanted).length;
    assert.equal(count("ask"), count("ask_closed"));
    assert.equal((await session.answer?.("late", { choice: "Yes" }))?.accepted, false);
  });

  test("that is killed while it asks takes the ask with it", async () => {
    const { stage, session } = await begin('await init(); ask("q", "Bash", {});', {
      autonomy: "ask",
    });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    await nextAsk(session);
    for (const pid of stage.processes()) process.kill(pid, "SIGKILL");
    const events = await readTurn(session);
    assert(events.some(({ type }) => type === "ask_closed"));
    assert.equal(endOf(events).end.result, "failed");
    assert.match(await readFile(stage.logFile, "utf8"), /SIGKILL/);
  });
});

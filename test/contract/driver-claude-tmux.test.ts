/** What only an agent does that tells of itself by hooks, beside a screen that a person sees. */

import assert from "node:assert/strict";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { driverContract } from "./driver.ts";
import { claudeDriver, hookedAgent, makeClaudeTmux } from "./driver-claude-tmux.ts";
import { openStage, type Stage } from "./driver-stage.ts";
import { openTerminalDriver } from "./driver-terminal.ts";
import { arrived, rootOf, TerminalStage, untilTrue } from "./driver-terminal-stage.ts";
import { killAfter } from "./kill-after.ts";

type Options = Parameters<typeof hookedAgent>[2];
type Turns = Parameters<typeof hookedAgent>[1];

async function open(turns: Turns, options: Options = {}): Promise<TerminalStage> {
  const stage = await openStage();
  try {
    return await start(stage, await hookedAgent(rootOf(stage), turns, options));
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(stage: Stage, agent: AgentSpec): Promise<TerminalStage> {
  const driver = claudeDriver(stage.use(await openTerminalDriver(rootOf(stage))));
  return new TerminalStage({ stage, driver, session: await stage.start(driver, agent) });
}

async function send(at: TerminalStage, n: number): Promise<void> {
  const receipt = await at.session.send(await at.stage.prompt(n));
  assert(receipt.accepted, JSON.stringify([receipt, at.events]));
}

async function answers(at: TerminalStage) {
  const lines = await at.record();
  return lines.flatMap((line) =>
    line.type === "answer" ? [[line.choice, line.text, line.isByHook === true]] : [],
  );
}

function windowOf(at: TerminalStage): string {
  return at.session.attach?.window ?? "";
}

async function spoolOf(stage: Stage): Promise<string> {
  const folder = join(stage.directory, "private", "claude");
  const [launch = ""] = await readdir(folder);
  return join(folder, launch, "spool");
}

const permission = { permission: { tool: "Bash", text: "make clean" } };

describe("an agent in a window that tells of itself", { concurrency: 4 }, () => {
  test("is given its first prompt when it has temoin's tools, which come after its screen", async () => {
    const stage = await openStage({ TEMOIN_TOKEN: "a token", TEMOIN_SOCKET: "/none" });
    const manners = { tools_ms: 1_500 };
    await using at = await start(stage, await hookedAgent(rootOf(stage), {}, { manners }));
    await send(at, 1);
    const order = (await at.record()).map((line) => line.type);
    assert.deepEqual(order.slice(0, 3), ["started", "equipped", "prompt"]);
  });

  test("tells its prompts, its end with its last words, and what the turn has used", async () => {
    await using at = await open({
      "*/1/1": [{ tool: { name: "Bash", about: "make" } }, { say: "First line\nLast line" }],
      "*/1/2": [{ say: "Again" }],
    });
    await send(at, 1);
    const { end, says, source } = await at.turn(1);
    assert.deepEqual(
      { end, says, source },
      { end: { result: "completed" }, says: "Last line", source: "hook" },
    );
    await send(at, 2);
    await at.turn(2);
    // Before the first prompt, a busy machine may not have heard of it yet.
    const log = await readFile(at.stage.logFile, "utf8");
    assert.match(log, /prompt-2.*accepted: it says that it has the prompt/s);
    const usage = at.events.flatMap((event) => (event.type === "usage" ? event.usage : []));
    // Two steps, and one.
    assert.deepEqual(usage.map(({ inputTokens }) => inputTokens).slice(-2), [40_224, 20_112]);
    assert.deepEqual(usage.at(-1)?.context, {
      used: 20_112,
      size: 200_000,
      by: "claude's status line",
    });
    assert.equal(usage.at(-1)?.outputTokens, 9);
    assert.deepEqual(await at.prompts(), [arrived(1), arrived(2)]);
  });

  test("is answered by the hook, once for each dialog, and no key is pressed", async () => {
    await using at = await open(
      {
        "*/1/1": [
          permission,
          { permission: { tool: "Bash", text: "make all" } },
          { question: { text: "Which colour?", choices: ["Red", "Blue"] } },
          { say: "Painted" },
        ],
      },
      { autonomy: "ask" },
    );
    await send(at, 1);
    const first = await at.event("ask");
    assert.deepEqual([first.ask.kind, first.ask.choices], ["permission", ["Yes", "No"]]);
    // The person sees the dialog meanwhile.
    await at.shows(windowOf(at), /Do you want to proceed/);
    assert.equal((await at.session.answer?.(first.ask.id, { choice: "Yes" }))?.accepted, true);
    const second = await at.event("ask", ({ ask }) => ask.says.includes("make all"));
    assert.equal((await at.session.answer?.(second.ask.id, { text: "Not now" }))?.accepted, true);
    const third = await at.event("ask", ({ ask }) => ask.kind === "question");
    assert.equal((await at.session.answer?.(third.ask.id, { text: "Teal" }))?.accepted, true);
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.deepEqual(await answers(at), [
      ["Yes", null, true],
      [null, null, true],
      ["Type something.", "Teal", true],
    ]);
    assert.equal(at.types().filter((type) => type === "ask").length, 3);
    assert.equal(at.types().filter((type) => type === "ask_closed").length, 3);
  });

  test("may be answered at the keys: the ask is closed, and a later answer does no harm", async () => {
    await using at = await open(
      { "*/1/1": [permission, { say: "Cleaned" }], "*/1/2": [permission] },
      { autonomy: "ask" },
    );
    await send(at, 1);
    const { ask } = await at.event("ask");
    await at.shows(windowOf(at), /Do you want to proceed/);
    await at.tmux("send-keys", "-t", windowOf(at), "1");
    assert.equal((await at.event("ask_closed")).askId, ask.id);
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.equal((await at.session.answer?.(ask.id, { choice: "No" }))?.accepted, false);
    assert.deepEqual(await answers(at), [["Yes", null, false]]);
    // Esc ends the turn, of which no hook tells, and the hook that waits.
    await send(at, 2);
    const again = await at.event("ask", (event) => event.ask.id !== ask.id);
    await at.shows(windowOf(at), /Do you want to proceed/);
    await at.tmux("send-keys", "-t", windowOf(at), "Escape");
    await at.event("ask_closed", ({ askId }) => askId === again.ask.id);
    assert.deepEqual((await at.turn(2)).end, { result: "interrupted" });
    assert.equal(at.types().filter((type) => type === "ask").length, 2);
  });

  test("is answered at once where its autonomy covers what it asks", async () => {
    const file = { permission: { tool: "Write", text: "a.txt\nwords" } };
    await using at = await open(
      { "*/1/1": [file, permission, { say: "Done" }] },
      { autonomy: "edits" },
    );
    await send(at, 1);
    const { ask } = await at.event("ask");
    assert.match(ask.says, /make clean/);
    await at.session.answer?.(ask.id, { choice: "Yes" });
    await at.turn(1);
    assert.equal(at.types().filter((type) => type === "ask").length, 1);
    assert.deepEqual(
      (await answers(at)).map(([, , isByHook]) => isByHook),
      [true, true],
    );
  });

  test("fails with the words of its error, and a limit is told besides", async () => {
    await using at = await open({
      "*/1/1": [{ limit: "3pm" }],
      "*/1/2": [{ fail: "API Error: 500" }],
    });
    await send(at, 1);
    const { limit } = await at.event("limit");
    assert.equal(limit.kind, "usage");
    assert(limit.until !== null);
    const first = await at.turn(1);
    assert(first.end.result === "failed" && /usage limit/.test(first.end.why));
    await send(at, 2);
    const second = await at.turn(2);
    assert.deepEqual(second.end, { result: "failed", why: "API Error: 500" });
    assert.equal(at.types().filter((type) => type === "limit").length, 1);
  });

  test("is interrupted, and takes the next prompt", async () => {
    await using at = await open({
      "*/1/1": [{ say: "Begun" }, "hang"],
      "*/1/2": [{ say: "Here" }],
    });
    await send(at, 1);
    await at.event("activity", ({ says }) => says === "Hanging");
    await at.session.interrupt();
    assert.deepEqual((await at.turn(1)).end, { result: "interrupted" });
    await send(at, 2);
    assert.deepEqual((await at.turn(2)).end, { result: "completed" });
    assert.deepEqual(await at.prompts(), [arrived(1), arrived(2)]);
  });

  test("that is silent is read from its screen alone", async () => {
    await using at = await open(
      { "*/1/1": [permission, { say: "Cleaned" }] },
      { autonomy: "ask", manners: { hooks: false } },
    );
    await send(at, 1);
    const { ask, source } = await at.event("ask");
    assert.equal(source, "screen");
    const [yes = ""] = ask.choices;
    assert.equal((await at.session.answer?.(ask.id, { choice: yes }))?.accepted, true);
    const { end, source: by } = await at.turn(1);
    assert.deepEqual([end, by], [{ result: "completed" }, "screen"]);
    assert.deepEqual(await answers(at), [["Yes", null, false]]);
  });

  test("has private files for as long as it lives, and leaves none", async () => {
    const at = await open({ "*/1/1": [{ say: "Done" }] });
    const folder = join(at.stage.directory, "private", "claude");
    const [launch = ""] = await readdir(folder);
    await access(join(folder, launch, "settings.json"));
    await send(at, 1);
    await at.turn(1);
    await at.session[Symbol.asyncDispose]();
    assert.deepEqual(await readdir(folder), []);
    await at[Symbol.asyncDispose]();
  });
});

describe("an agent in a window that tells of itself, when temoin is killed", {
  concurrency: 3,
}, () => {
  test("has told its end meanwhile, which is read when its prompt is sent again", async () => {
    const stage = await openStage();
    const agent = await hookedAgent(rootOf(stage), {
      "*/1/1": [{ sleep: 1_000 }, { fail: "API Error: 400 while nobody was there" }],
      "*/1/2": [{ say: "Here" }],
    });
    const prompt = await stage.prompt(1);
    await killAfter("accepted", { stage, agent, prompt });
    const spool = await spoolOf(stage);
    await untilTrue(async () =>
      (await readdir(spool)).some((name) => name.startsWith("StopFailure")) ? true : null,
    );
    await using at = await start(stage, agent);
    assert((await at.session.send(prompt)).accepted);
    const { end, source } = await at.turn(1);
    assert.deepEqual(
      [end, source],
      [{ result: "failed", why: "API Error: 400 while nobody was there" }, "hook"],
    );
    await send(at, 2);
    assert.deepEqual((await at.turn(2)).end, { result: "completed" });
    assert.deepEqual(await at.prompts(), [arrived(1), arrived(2)]);
  });

  test("waits with what it asks, and takes the answer of the next one", async () => {
    const stage = await openStage();
    const turns = { "*/1/1": [permission, { say: "Cleaned" }] };
    const agent = await hookedAgent(rootOf(stage), turns, { autonomy: "ask" });
    const prompt = await stage.prompt(1);
    await killAfter("ask", { stage, agent, prompt });
    await using at = await start(stage, agent);
    const { ask, source } = await at.event("ask");
    assert.equal(source, "hook");
    assert((await at.session.send(prompt)).accepted);
    const answered = await at.session.answer?.(ask.id, { choice: "Yes" });
    assert(answered?.accepted, JSON.stringify([answered, await at.record(), at.events], null, 1));
    assert.deepEqual((await at.turn(1)).end, { result: "completed" });
    assert.deepEqual(await answers(at), [["Yes", null, true]]);
    assert.equal(at.types().filter((type) => type === "ask").length, 1);
  });
});

driverContract("claude/tmux", makeClaudeTmux);

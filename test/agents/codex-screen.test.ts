/** The real codex in tmux: one thread for us and for a person at its TUI, which outlives us. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import type { AgentEvent, Driver, Prompt } from "../../src/agents/driver.ts";
import { openTmux } from "../../src/agents/tmux/open-tmux.ts";
import type { Pane, TmuxServer } from "../../src/agents/tmux/tmux.ts";
import { endOf, readTurn, readUntil } from "../contract/driver-stage.ts";
import { untilTrue } from "../contract/driver-terminal-stage.ts";
import type { LeftRequest } from "./codex-left.ts";
import {
  type CodexOptions,
  type CodexStage,
  makeTmuxCodex,
  openCodex,
  prepareCodex,
} from "./codex-stage.ts";

const makeDriver = makeTmuxCodex;
/** Its TUI presents another one to whoever uses a model that it knows. */
const launch = { model: "scripted-model" };
const screened = { makeDriver, launch };

/** What a person has: the same tmux server, and hands. */
class Person implements AsyncDisposable {
  readonly #server: TmuxServer;
  readonly #codex: CodexStage;

  constructor(server: TmuxServer, codex: CodexStage) {
    this.#server = server;
    this.#codex = codex;
  }

  get serverPid(): number {
    return this.#server.pid;
  }

  /** The window to which the session leads. */
  async pane(): Promise<Pane> {
    const window = this.#codex.session.attach?.window;
    const panes = await this.#server.windows();
    const pane = panes.find((each) => each.window === window);
    assert(pane !== undefined, `there is no window ${window}`);
    return pane;
  }

  /** Resolves when the screen shows it. */
  async sees(what: RegExp): Promise<void> {
    let seen = "";
    try {
      await untilTrue(async () => {
        seen = (await (await this.pane()).capture()).lines.join("\n").trimEnd();
        return what.test(seen) ? true : null;
      });
    } catch {
      assert.match(seen, what);
    }
  }

  async presses(...keys: readonly [string, ...string[]]): Promise<void> {
    await (await this.pane()).keys(...keys);
  }

  /** Once more where the dialog has come up and did not take the key yet. */
  async answers(key: string, dialog: RegExp): Promise<void> {
    await this.sees(dialog);
    await untilTrue(async () => {
      await this.presses(key);
      const { lines } = await (await this.pane()).capture();
      return lines.some((line) => dialog.test(line)) ? null : true;
    });
  }

  async writes(text: string): Promise<void> {
    const pane = await this.pane();
    assert((await pane.paste(text)).done);
    await untilTrue(async () =>
      (await pane.capture()).lines.some((line) => line.includes(text.slice(0, 20))) ? true : null,
    );
    await pane.keys("Enter");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

async function personAt(codex: CodexStage): Promise<Person> {
  const { root, clock, env = {} } = codex.options;
  const socket = { path: path.join(root, "tmux") };
  return new Person(await openTmux({ clock, env, socket }), codex);
}

const isAsk = (event: AgentEvent) => event.type === "ask";
const isClosed = (event: AgentEvent) => event.type === "ask_closed";

describe("codex in tmux", { concurrency: 2 }, () => {
  test("shows a person what is asked of it and what it answers", async () => {
    await using codex = await openCodex(screened);
    await using person = await personAt(codex);
    await codex.turn("say={{The first answer.}}");
    await person.sees(/The first answer\./);
    const before = codex.session.attach;
    await codex.turn("say={{Of another task.}}", "task");
    await person.sees(/Of another task\./);
    assert.deepEqual(codex.session.attach, before);
    const { lines } = await (await person.pane()).capture();
    assert.doesNotMatch(lines.join("\n"), /The first answer/);
  });

  test("asks a person at its screen too, whose answer counts", async () => {
    await using codex = await openCodex({ ...screened, autonomy: "ask" });
    await using person = await personAt(codex);
    await codex.give("run={{echo y > yes.txt}} say=done");
    const { ask } = await codex.event("ask");
    await person.answers("y", /Would you like to run the following command/);
    const closed = (await readUntil(codex.session, isClosed)).at(-1);
    assert(closed?.type === "ask_closed" && closed.askId === ask.id);
    assert.match(closed.says, /own screen/);
    assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "completed" });
    assert.equal(await codex.file("yes.txt"), "y\n");
  });

  test("takes the dialog from a person's screen when it is answered by temoin", async () => {
    await using codex = await openCodex({ ...screened, autonomy: "ask" });
    await using person = await personAt(codex);
    await codex.give("run={{echo y > yes.txt}} delay=300 say=done");
    const { ask } = await codex.event("ask");
    await person.sees(/Would you like to run the following command/);
    const receipt = await codex.session.answer?.(ask.id, { choice: "accept" });
    assert.equal(receipt?.accepted, true);
    await untilTrue(async () => {
      const { lines } = await (await person.pane()).capture();
      return lines.some((line) => line.includes("Would you like to run")) ? null : true;
    });
    assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "completed" });
  });

  test("does not talk over a person's own turn, and gives its prompt after it", async () => {
    await using codex = await openCodex(screened);
    await using person = await personAt(codex);
    await codex.turn("say=hello");
    await person.sees(/hello/);
    await person.writes("Mine. <fake>delay=1500 say={{For the person.}}</fake>");
    const began = await readUntil(
      codex.session,
      (event) => event.type === "state" && event.state === "working",
    );
    const last = began.at(-1);
    assert(last?.type === "state");
    assert.match(last.because[0]?.says ?? "", /a person has begun a turn/);
    const sent = codex.session.send(await codex.prompt("say={{For temoin.}}"));
    const held = await readUntil(codex.session, (event) => event.type === "held");
    assert.equal(held.at(-1)?.type === "held", true);
    assert.equal((await sent).accepted, true);
    assert.equal(endOf(await readTurn(codex.session)).says, "For temoin.");
    assert.deepEqual(
      codex.server.log.prompts.map((prompt) => prompt.slice(0, 5)),
      ["Do it", "Mine.", "Do it"],
    );
  });

  test("is interrupted by a person's Escape", async () => {
    await using codex = await openCodex(screened);
    await using person = await personAt(codex);
    await codex.turn("say=hello");
    await person.sees(/hello/);
    await codex.give("delay=60000 say=never");
    await person.sees(/esc to interrupt/);
    await person.presses("Escape");
    assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "interrupted" });
  });

  test("goes on without its screen, which is shown again with the next prompt", async () => {
    await using codex = await openCodex(screened);
    await using person = await personAt(codex);
    await codex.turn("say={{The first.}} next say={{The second.}} next say={{The third.}}");
    await person.sees(/The first\./);
    codex.kill("--remote");
    await untilTrue(async () => (codex.processes(" --remote ").length <= 1 ? true : null));
    await codex.turn("");
    await person.sees(/The second\./);
    await (await person.pane()).close();
    await codex.turn("");
    await person.sees(/The third\./);
  });

  test("fails its turn when the tmux server is killed, and is begun anew with it", async () => {
    await using codex = await openCodex(screened);
    await codex.give("delay=60000 say=never");
    await using person = await personAt(codex);
    process.kill(person.serverPid, "SIGKILL");
    assert.equal(endOf(await readTurn(codex.session)).end.result, "failed");
    assert.deepEqual(endOf(await codex.turn("say=again")).end, { result: "completed" });
  });
});

/** A temoin that has given this prompt, up to the line `says`, and was then killed. */
async function killAfter(
  says: RegExp,
  codex: CodexStage,
  prompt: Prompt,
  until: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const { root, binDir, env = {} } = codex.options;
  const known = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const left: LeftRequest = {
    root,
    binDir,
    env: Object.fromEntries(known),
    request: codex.stage.request(codex.agent),
    prompt,
  };
  const program = path.join(import.meta.dirname, "codex-left.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(left)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stdout)) if (says.test(line)) break;
  await until();
  child.kill("SIGKILL");
  await exited;
}

async function prepare(options: CodexOptions = {}): Promise<CodexStage> {
  return await prepareCodex({ ...screened, ...options });
}

async function leftOf(driver: Driver) {
  const left = (await driver.left?.()) ?? [];
  return left.map(({ slot, promptId }) => [slot, promptId]);
}

describe("codex in tmux, when temoin is killed", { concurrency: 2 }, () => {
  test("goes on with its turn, which is joined by its prompt and told to its end", async () => {
    await using codex = await prepare();
    const prompt = await codex.prompt("delay=1500 write=a.txt text=x say={{It is made.}}");
    await killAfter(/given/, codex, prompt);
    assert.deepEqual(await leftOf(codex.driver), [[codex.stage.slot, prompt.id]]);
    await codex.start(codex.driver);
    assert.deepEqual(await leftOf(codex.driver), []);
    assert.equal((await codex.session.send(prompt)).accepted, true);
    const events = await readTurn(codex.session);
    assert.deepEqual(endOf(events).end, { result: "completed" });
    assert.equal(endOf(events).says, "It is made.");
    assert.equal(codex.server.log.prompts.length, 1);
    await using person = await personAt(codex);
    await person.sees(/It is made\./);
  });

  test("tells the end that a turn had while no temoin was there", async () => {
    await using codex = await prepare();
    const prompt = await codex.prompt("write=a.txt text=x say={{It is made.}}");
    await killAfter(/turn_started/, codex, prompt, () =>
      untilTrue(async () => (codex.server.log.main.length === 2 ? true : null)),
    );
    await codex.server.log.until((record) => record.step === 1 && record.end === "whole");
    await codex.start(codex.driver);
    assert.equal((await codex.session.send(prompt)).accepted, true);
    const events = await readTurn(codex.session);
    assert.deepEqual(endOf(events).end, { result: "completed" });
    assert.equal(endOf(events).says, "It is made.");
    assert.equal(codex.server.log.prompts.length, 1);
    // The conversation is gone on with.
    assert.deepEqual(endOf(await codex.turn("say=more")).end, { result: "completed" });
  });

  test("asks again what it was asking, and takes the answer", async () => {
    await using codex = await prepare({ autonomy: "ask" });
    const prompt = await codex.prompt("run={{echo y > yes.txt}} say=done");
    await killAfter(/ask/, codex, prompt);
    await codex.start(codex.driver);
    assert.equal((await codex.session.send(prompt)).accepted, true);
    const ask = (await readUntil(codex.session, isAsk)).at(-1);
    assert(ask?.type === "ask");
    assert.match(ask.ask.says, /echo y > yes\.txt/);
    const receipt = await codex.session.answer?.(ask.ask.id, { choice: "accept" });
    assert.equal(receipt?.accepted, true);
    assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "completed" });
    assert.equal(await codex.file("yes.txt"), "y\n");
  });

  test("is begun anew where its server was killed too", async () => {
    await using codex = await prepare();
    const prompt = await codex.prompt("delay=60000 say=never");
    await killAfter(/given/, codex, prompt);
    codex.kill("app-server");
    await codex.start(codex.driver);
    const next = await codex.turn("say=again", "task");
    assert.deepEqual(endOf(next).end, { result: "completed" });
  });

  test("begins a new conversation for another task than the one that was left", async () => {
    await using codex = await prepare();
    const prompt = await codex.prompt("say={{one}} next say={{two}}");
    await killAfter(/turn_ended/, codex, prompt);
    await codex.start(codex.driver);
    assert.notEqual(endOf(await codex.turn("", "task")).says, "two");
    assert.deepEqual(
      codex.server.log.main.map(({ round }) => round),
      [1, 0],
    );
  });

  test("is ended with all its processes where it is not gone on with", async () => {
    await using codex = await prepare();
    const prompt = await codex.prompt("run={{sleep 600}}");
    await killAfter(/activity/, codex, prompt);
    for (const left of (await codex.driver.left?.()) ?? []) {
      assert(left.pids().length > 2);
      await left.end();
    }
    assert.deepEqual(codex.processes(""), []);
    assert.deepEqual(await leftOf(codex.driver), []);
  });

  test("is not taken up by an agent that is started otherwise", async () => {
    await using codex = await prepare();
    await killAfter(/given/, codex, await codex.prompt("delay=60000 say=never"));
    const before = codex.processes("app-server");
    await codex.start(codex.driver, { ...codex.agent, autonomy: "ask" });
    const after = codex.processes("app-server");
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    );
  });
});

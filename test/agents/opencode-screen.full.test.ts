/** The real opencode in tmux: one session for us and for a person at its TUI, which outlives us. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import type { AgentEvent, Driver, Prompt, Session } from "../../src/agents/driver.ts";
import { endOf, readTurn, readUntil } from "../contract/driver-stage.ts";
import { untilTrue } from "../contract/driver-terminal-stage.ts";
import type { LeftRequest } from "./opencode-left.ts";
import { type OpencodeStage, openOpencode, Person } from "./opencode-stage.ts";

const slow = { timeout: 180_000 };
const completed = { result: "completed" } as const;

async function start({ stage, driver, request }: OpencodeStage): Promise<Session> {
  return stage.use(await driver.start(request, new AbortController().signal));
}

async function give(session: Session, prompt: Prompt): Promise<void> {
  const receipt = await session.send(prompt);
  assert(receipt.accepted, receipt.accepted ? "" : receipt.why);
}

function isAsk(event: AgentEvent): event is Extract<AgentEvent, { type: "ask" }> {
  return event.type === "ask";
}

describe("opencode in tmux, with a person at its screen", () => {
  test("shows each task's own session, and is there again when it was closed", slow, async () => {
    await using opencode = await openOpencode();
    const session = await start(opencode);
    await using person = await Person.at(opencode, session);
    await person.sees(/commands/);
    await give(session, await opencode.prompt("say={{The first task.}}"));
    assert.deepEqual(endOf(await readTurn(session)).end, completed);
    await person.sees(/The first task\./);
    await give(session, await opencode.prompt("say={{The second task.}}", "task"));
    await readTurn(session);
    await person.sees(/The second task\./);
    await person.seesNo(/The first task/);
    const before = session.attach?.window;
    // It quits at an empty composer.
    await person.presses("C-c");
    const closed = await person.pane();
    await untilTrue(async () => closed.exitCode);
    await give(session, await opencode.prompt("say={{More of it.}}"));
    await readTurn(session);
    await person.sees(/The second task\./, /More of it\./);
    assert.equal(session.attach?.window, before);
    await (await person.pane()).close();
    await give(session, await opencode.prompt("say={{And more.}}"));
    await readTurn(session);
    assert.notEqual(session.attach?.window, before);
    await person.sees(/More of it\./, /And more\./);
  });

  test(
    "lets the person answer what it asks, and hears it; the first answer counts",
    slow,
    async () => {
      await using opencode = await openOpencode("ask");
      const session = await start(opencode);
      await using person = await Person.at(opencode, session);
      await give(
        session,
        await opencode.prompt("run={{echo y > yes.txt}} run={{echo n > no.txt}}"),
      );
      const first = (await readUntil(session, isAsk)).at(-1);
      assert(first?.type === "ask");
      await person.sees(/Permission required/, /Allow once/);
      await person.presses("Enter");
      const closed = await readUntil(session, (event) => event.type === "ask_closed");
      assert.equal(closed.at(-1)?.type === "ask_closed", true);
      assert.equal((await session.answer?.(first.ask.id, { choice: "Reject" }))?.accepted, false);
      const second = (await readUntil(session, isAsk)).at(-1);
      assert(second?.type === "ask");
      await person.sees(/no\.txt/);
      assert.equal((await session.answer?.(second.ask.id, { choice: "Reject" }))?.accepted, true);
      assert.deepEqual(endOf(await readTurn(session)).end, completed);
      assert.equal(await opencode.stage.readFile("yes.txt"), "y\n");
      await assert.rejects(opencode.stage.readFile("no.txt"));
    },
  );

  test(
    "waits for the end of the person's own turn, and begins the task with an empty session",
    slow,
    async () => {
      await using opencode = await openOpencode();
      const session = await start(opencode);
      await using person = await Person.at(opencode, session);
      await person.sees(/commands/);
      await person.writes("<fake>run={{sleep 5}} say=Mine.</fake>");
      await readUntil(session, (event) => event.type === "state" && event.state === "working");
      const sent = session.send(await opencode.prompt("say={{For temoin.}}"));
      await readUntil(session, (event) => event.type === "held" && event.byPerson);
      assert.equal((await sent).accepted, true);
      assert.equal(endOf(await readTurn(session)).says, "For temoin.");
      const rounds = opencode.server.log.main.filter(({ step }) => step === 0);
      assert.deepEqual(
        rounds.map(({ prompt, round }) => [prompt.includes("Mine"), round]),
        [
          [true, 1],
          [false, 1],
        ],
      );
      await person.sees(/For temoin\./);
      await person.seesNo(/Mine/);
    },
  );

  test("is interrupted by the person's Escape", slow, async () => {
    await using opencode = await openOpencode();
    const session = await start(opencode);
    await using person = await Person.at(opencode, session);
    await person.sees(/commands/);
    await give(session, await opencode.prompt("run={{echo it runs; sleep 300}}"));
    await readUntil(session, (event) => event.type === "activity" && /it runs$/.test(event.says));
    await person.sees(/esc interrupt/);
    await person.presses("Escape");
    await person.sees(/again to interrupt/);
    await person.presses("Escape");
    assert.deepEqual(endOf(await readTurn(session)).end, { result: "interrupted" });
  });
});

/** A temoin that has given this prompt, up to the line `says`, and was then killed. */
async function killAfter(
  says: RegExp,
  { base, request }: OpencodeStage,
  prompt: Prompt,
  until: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const left: LeftRequest = { base, request, prompt };
  const program = path.join(import.meta.dirname, "opencode-left.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(left)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stdout)) if (says.test(line)) break;
  await until();
  child.kill("SIGKILL");
  await exited;
}

async function leftOf(driver: Driver) {
  const left = (await driver.left?.()) ?? [];
  return left.map(({ slot, promptId }) => [slot, promptId]);
}

describe("opencode in tmux, when temoin is killed", () => {
  test(
    "goes on with its turn, which is joined by its prompt and told to its end",
    slow,
    async () => {
      await using opencode = await openOpencode();
      const { driver, server, stage } = opencode;
      const prompt = await opencode.prompt(
        "run={{sleep 4}} write=a.txt text=x say={{It is made.}}",
      );
      await killAfter(/activity/, opencode, prompt);
      assert.deepEqual(await leftOf(driver), [[stage.slot, prompt.id]]);
      const session = await start(opencode);
      assert.deepEqual(await leftOf(driver), []);
      await give(session, prompt);
      const events = await readTurn(session);
      assert.deepEqual(endOf(events).end, completed);
      assert.equal(endOf(events).says, "It is made.");
      assert.equal(server.log.prompts.length, 1);
      assert(!events.some((event) => event.type === "held"));
      await using person = await Person.at(opencode, session);
      await person.sees(/It is made\./);
    },
  );

  test("tells the end that a turn had while no temoin was there", slow, async () => {
    await using opencode = await openOpencode();
    const { server } = opencode;
    const prompt = await opencode.prompt("run={{sleep 2}} say={{It is made.}} next say=more");
    await killAfter(/activity/, opencode, prompt);
    await server.log.until((record) => record.step === 1 && record.end === "whole");
    const session = await start(opencode);
    await give(session, prompt);
    const events = await readTurn(session);
    assert.deepEqual(endOf(events).end, completed);
    assert.equal(endOf(events).says, "It is made.");
    assert(events.some((event) => event.type === "usage"));
    // The conversation is gone on with.
    await give(session, await opencode.prompt(""));
    assert.equal(endOf(await readTurn(session)).says, "more");
    assert.equal(server.log.prompts.length, 2);
  });

  test("asks again what it was asking, and takes the answer", slow, async () => {
    await using opencode = await openOpencode("ask");
    const prompt = await opencode.prompt("run={{echo y > yes.txt}} say=done");
    await killAfter(/^ask/, opencode, prompt);
    const session = await start(opencode);
    await give(session, prompt);
    const ask = (await readUntil(session, isAsk)).at(-1);
    assert(ask?.type === "ask");
    assert.match(ask.ask.says, /echo y > yes\.txt/);
    assert.equal((await session.answer?.(ask.ask.id, { choice: "Allow once" }))?.accepted, true);
    assert.deepEqual(endOf(await readTurn(session)).end, completed);
    assert.equal(await opencode.stage.readFile("yes.txt"), "y\n");
  });

  test("begins a new session for another task than the one that was left", slow, async () => {
    await using opencode = await openOpencode();
    const prompt = await opencode.prompt("say={{one}} next say={{two}}");
    await killAfter(/turn_ended/, opencode, prompt);
    const session = await start(opencode);
    await give(session, await opencode.prompt("", "task"));
    assert.notEqual(endOf(await readTurn(session)).says, "two");
  });

  test("is begun anew where its server was killed too", slow, async () => {
    await using opencode = await openOpencode();
    await killAfter(/activity/, opencode, await opencode.prompt("run={{sleep 600}}"));
    for (const pid of opencode.stage.processes()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It went with the one before.
      }
    }
    const session = await start(opencode);
    await give(session, await opencode.prompt("say=again", "task"));
    assert.equal(endOf(await readTurn(session)).says, "again");
  });

  test("is ended with all its processes where it is not gone on with", slow, async () => {
    await using opencode = await openOpencode();
    await killAfter(/activity/, opencode, await opencode.prompt("run={{sleep 600}}"));
    for (const left of (await opencode.driver.left?.()) ?? []) {
      assert(left.pids().length > 2);
      await left.end();
    }
    await untilTrue(async () => (opencode.stage.processes().length === 0 ? true : null));
    assert.deepEqual(await leftOf(opencode.driver), []);
  });

  test("is not taken up by an agent that is started otherwise", slow, async () => {
    await using opencode = await openOpencode();
    await killAfter(/activity/, opencode, await opencode.prompt("run={{sleep 600}}"));
    const before = opencode.stage.processes();
    const { driver, request, stage } = opencode;
    const other = { ...request, agent: { ...request.agent, autonomy: "ask" as const } };
    stage.use(await driver.start(other, new AbortController().signal));
    const after = stage.processes();
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    );
  });
});

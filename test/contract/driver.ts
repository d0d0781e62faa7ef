/**
 * What every driver promises (`src/agents/driver.ts`), as tests over a real process. A driver of
 * another kind of CLI calls `driverContract` with a fake agent that speaks that CLI's dialect.
 */

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import {
  endOf,
  type MakeDriver,
  openStage,
  readAll,
  readTurn,
  readUntil,
  type Steps,
} from "./driver-stage.ts";

export function driverContract(name: string, makeDriver: MakeDriver): void {
  async function begin(turns: readonly Steps[]) {
    const stage = await openStage();
    const under = stage.use(await makeDriver(`${stage.directory}/root`));
    const session = await stage.start(under.driver, await under.agent(turns));
    return { stage, session, under };
  }

  describe(`driver ${name}`, () => {
    test("a turn is accepted, started, active and ended, in this order", async () => {
      const { stage, session } = await begin([[{ say: "Working" }]]);
      await using _ = stage;
      const receipt = await session.send(await stage.prompt(1));
      assert.equal(receipt.accepted, true);
      const events = await readTurn(session);
      assert.deepEqual(typesOf(events), ["ready", "accepted", "turn_started", "turn_ended"]);
      const told = events.filter((event) => event.type !== "state" && event.type !== "usage");
      assert(told.some((event) => event.type === "activity"));
      assert.equal(
        told.findLastIndex((event) => event.type === "activity"),
        told.length - 2,
      );
      assert.deepEqual(endOf(events).end, { result: "completed" });
      assert.equal(endOf(events).promptId, "prompt-1");
    });

    test("events bear their time and never go back in it", async () => {
      const { stage, session } = await begin([[{ say: "Working" }]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const times = (await readTurn(session)).map((event) => event.at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert(times.every((at) => at > 0));
    });

    test("the agent reads the prompt, works in the workspace, and its output is logged", async () => {
      const { stage, session } = await begin([[{ write: { path: "a/b.txt", text: "written" } }]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      // The fake agent fails its turn when it has no prompt, or another one on standard input.
      assert.deepEqual(endOf(await readTurn(session)).end, { result: "completed" });
      assert.equal(await stage.readFile("a/b.txt"), "written");
      assert.match(await stage.readFile("../logs/agent.log"), /Prompt 1.*Wrote a\/b\.txt/s);
    });

    test("one session serves one turn after the other", async () => {
      const { stage, session } = await begin([
        [{ append: { path: "turns", text: "first " } }],
        [{ append: { path: "turns", text: "second" } }],
      ]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      await readTurn(session);
      await session.send(await stage.prompt(2));
      const events = await readTurn(session);
      assert.deepEqual(typesOf(events), ["accepted", "turn_started", "turn_ended"]);
      assert.equal(await stage.readFile("turns"), "first second");
    });

    test("a prompt that is sent again is delivered once", async () => {
      const { stage, session } = await begin([[{ append: { path: "turns", text: "once" } }]]);
      await using _ = stage;
      const prompt = await stage.prompt(1);
      const [first, second] = await Promise.all([session.send(prompt), session.send(prompt)]);
      await readTurn(session);
      const third = await session.send(prompt);
      assert.equal(first.accepted, true);
      assert.deepEqual(second, first);
      assert.deepEqual(third, first);
      assert.equal(await stage.readFile("turns"), "once");
      await session[Symbol.asyncDispose]();
      assert.deepEqual(typesOf(await readAll(session)), ["ended"]);
    });

    test("a prompt is not accepted while a turn runs, and nothing is told of it", async () => {
      const { stage, session } = await begin([["hang"]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const receipt = await session.send(await stage.prompt(2));
      assert.equal(receipt.accepted, false);
      await session.interrupt();
      const events = await readTurn(session);
      assert.deepEqual(
        events.flatMap((event) => ("promptId" in event ? event.promptId : [])),
        ["prompt-1", "prompt-1", "prompt-1"],
      );
    });

    test("an agent that exits with an error fails its turn, with its last line as the reason", async () => {
      const { stage, session } = await begin([[{ say: "Out of ideas" }, { crash: 3 }]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const { end, says } = endOf(await readTurn(session));
      assert(end.result === "failed");
      assert.match(end.why, /\b3\b.*Out of ideas/);
      assert.equal(says, "Out of ideas");
    });

    test("an agent that is killed fails its turn, and the session takes the next prompt", async () => {
      const { stage, session } = await begin([[{ crash: { signal: "SIGKILL" } }], ["claim"]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const { end } = endOf(await readTurn(session));
      assert(end.result === "failed");
      assert.match(end.why, /SIGKILL/);
      await session.send(await stage.prompt(2));
      assert.deepEqual(endOf(await readTurn(session)).end, { result: "completed" });
    });

    test("an agent that ends between two turns is told as offline, and the next prompt starts another", async () => {
      const pid = { run: ["sh", "-c", "echo $PPID > pid"] };
      const { stage, session, under } = await begin([[pid, { say: "One" }], ["claim"]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const first = await readTurn(session);
      assert(!first.some(isOffline));
      // Of a process for each turn, none has to live on.
      if (!under.isProcessPerTurn) {
        process.kill(Number(await stage.readFile("pid")), "SIGKILL");
        const told = (await readUntil(session, isOffline)).at(-1);
        assert(told?.type === "state");
        assert.match(told.because[0]?.says ?? "", /SIGKILL|killed|closed/);
      }
      await session.send(await stage.prompt(2));
      const second = await readTurn(session);
      assert.deepEqual(endOf(second).end, { result: "completed" });
      assert(!second.some(isOffline));
    });

    test("an interrupt ends an agent that ignores SIGTERM, with the daemon that it started", async () => {
      const { stage, session, under } = await begin([
        [{ spawn_child: { ms: 600_000, detached: true } }, { hang: true }],
        [{ say: "Here again" }],
      ]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      await readUntil(session, (event) => event.type === "activity" && event.says === "Hanging");
      await session.interrupt();
      // An agent that serves many turns lives on, and may need what it has started.
      const left = findByEnvironment("TEMOIN_SLOT", stage.slot);
      assert.equal(left.length > 0, !under.isProcessPerTurn);
      assert.deepEqual(endOf(await readTurn(session)).end, { result: "interrupted" });
      await session.send(await stage.prompt(2));
      assert.deepEqual(endOf(await readTurn(session)).end, { result: "completed" });
    });

    test("an interrupt of a turn that is only about to start ends it as well", async () => {
      const { stage, session } = await begin([["hang"]]);
      await using _ = stage;
      const sent = session.send(await stage.prompt(1));
      await session.interrupt();
      const { accepted } = await sent;
      await session[Symbol.asyncDispose]();
      const told = (await readAll(session)).filter((event) => "promptId" in event);
      // Called off before the agent had it, it was never a turn, and nothing is told of it.
      const types = accepted ? ["accepted", "turn_started", "turn_ended"] : [];
      assert.deepEqual(typesOf(told), types);
      if (accepted) assert.deepEqual(endOf(told).end, { result: "interrupted" });
    });

    test("an interrupt with no turn to end does nothing", async () => {
      const { stage, session } = await begin([[{ say: "Working" }]]);
      await using _ = stage;
      await session.interrupt();
      await session.send(await stage.prompt(1));
      assert.deepEqual(endOf(await readTurn(session)).end, { result: "completed" });
      await session.interrupt();
      await session[Symbol.asyncDispose]();
      assert.deepEqual(typesOf(await readAll(session)), ["ended"]);
    });

    test("disposing ends the turn, then the stream with exactly one `ended`", async () => {
      const { stage, session } = await begin([[{ spawn_child: { ms: 600_000 } }, "hang"]]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      await readUntil(session, (event) => event.type === "activity" && event.says === "Hanging");
      await Promise.all([session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()]);
      assert.deepEqual(findByEnvironment("TEMOIN_SLOT", stage.slot), []);
      const events = await readAll(session);
      assert.deepEqual(typesOf(events).slice(-2), ["turn_ended", "ended"]);
      assert.equal(events.filter((event) => event.type === "ended").length, 1);
      assert.equal((await session.send(await stage.prompt(2))).accepted, false);
      assert.deepEqual(await readAll(session), []);
    });

    test("a daemon that outlives its agent is gone when the agent's end is told", async () => {
      const { stage, session, under } = await begin([
        [{ spawn_child: { ms: 600_000 } }, { spawn_child: { ms: 600_000, detached: true } }],
      ]);
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const { end } = endOf(await readTurn(session));
      assert.deepEqual(end, { result: "completed" });
      if (!under.isProcessPerTurn) await session[Symbol.asyncDispose]();
      assert.deepEqual(findByEnvironment("TEMOIN_SLOT", stage.slot), []);
    });

    test("a flood of output is contained: few events, short lines, a log under its cap", async () => {
      const bytes = 40 * 1024 * 1024;
      const stage = await openStage();
      await using _ = stage;
      const { driver, agent, longLine } = stage.use(await makeDriver(`${stage.directory}/root`));
      const line = `\u001b[31m${"é".repeat(longLine.written)}`;
      const session = await stage.start(driver, await agent([[{ flood: bytes }, { say: line }]]));
      await session.send(await stage.prompt(1));
      const events = await readTurn(session);
      const activity = events.flatMap((event) => (event.type === "activity" ? event : []));
      for (const [n, event] of activity.entries()) {
        const before = activity[n - 1];
        assert(before === undefined || event.at - before.at >= 250);
        assert(event.says.length <= 200);
      }
      assert.equal(endOf(events).says, "é".repeat(longLine.told));
      const { size } = await stat(stage.logFile);
      assert(size > 0 && size <= 8 * 1024 * 1024);
    });

    test("a session is not started once its start was called off", async () => {
      await using stage = await openStage();
      const { driver, agent } = stage.use(await makeDriver(`${stage.directory}/root`));
      const request = stage.request(await agent([]));
      const calledOff = AbortSignal.abort(new Error("called off"));
      await assert.rejects(driver.start(request, calledOff), /called off/);
    });

    test("an agent whose program is there is not missing", async () => {
      await using stage = await openStage();
      const { driver, agent } = stage.use(await makeDriver(`${stage.directory}/root`));
      assert.equal(await driver.missing(await agent([])), null);
    });
  });
}

/** Without activity, usage and states, whose number depends on the agent's pace. */
function isOffline(event: AgentEvent): boolean {
  return event.type === "state" && event.state === "offline";
}

function typesOf(events: readonly AgentEvent[]): string[] {
  return events
    .map((event) => event.type)
    .filter((type) => type !== "activity" && type !== "state" && type !== "usage");
}

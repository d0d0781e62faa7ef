/** Whole runs with agents that meet a limit or cannot be used for a while. */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import type { Driver, Prompt, Session, SessionRequest } from "../../src/agents/driver.ts";
import { EventStream } from "../../src/agents/event-stream.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Hands } from "../../src/runner/hands.ts";
import { agent } from "../unit/domain/project.ts";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, sh, write } from "./stage.ts";

const fakes = path.dirname(fileURLToPath(new URL("../fake-agent/fake-tui.ts", import.meta.url)));

type Script = Readonly<Record<string, readonly unknown[]>>;

/** `ada` in a terminal, and where it has a script `bo` beside it. */
async function openLimitStage(adas: Script, bos: Script | null): Promise<Stage> {
  const all = { ...adas, manners: { enter_after_start_ms: 0 } };
  const files = { "ada.json": JSON.stringify(all), "bo.json": JSON.stringify(bos) };
  const stage = await openStage({ files });
  const file = (name: string): string => path.join(stage.scratch.dir, `${name}.json`);
  const ada = {
    driver: "terminal",
    profile: "claude",
    command: [process.execPath, path.join(fakes, "fake-tui.ts"), "--like", "claude", file("ada")],
  };
  const bo = {
    driver: "command",
    command: [process.execPath, path.join(fakes, "fake-agent.ts"), file("bo")],
  };
  const agents = bos !== null ? { ada, bo } : { ada };
  await stage.scratch.write("temoin.yaml", stringify({ version: 1, agents }));
  await stage.scratch.git("commit", "--quiet", "--all", "--message", "agents with limits");
  return stage;
}

/** `9:05pm`, so many hours from now, as a CLI writes it. */
function clockIn(hours: number): string {
  const at = new Date(Date.now() + hours * 3_600_000);
  const minutes = String(at.getMinutes()).padStart(2, "0");
  return `${at.getHours() % 12 || 12}:${minutes}${at.getHours() < 12 ? "am" : "pm"}`;
}

test("a task whose agent meets a limit goes on elsewhere with its work, and the agent sleeps", async () => {
  const half = write("half.txt", "half\n");
  await using stage = await openLimitStage(
    { "T-1": [half, { limit: clockIn(3) }] },
    {
      "T-1": [sh("test -e half.txt"), write("whole.txt", "whole\n")],
      "T-2": [write("two.txt", "two\n")],
    },
  );
  await stage.add("T-1");
  const run = await stage.start();
  const limited = await run.until("slot_limited");
  const aheadMs = limited.until - Date.now();
  assert(aheadMs > 2.9 * 3_600_000 && aheadMs < 3.1 * 3_600_000, `${aheadMs}`);
  await stage.add("T-2");
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["limited ada", "verified bo"]);
  assert.deepEqual(await stage.attempts("T-2"), ["verified bo"], "ada sleeps");
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
  assert.equal(await stage.scratch.git("show", "main:half.txt"), "half");
  const log = await stage.scratch.read(".temoin/LOG.md");
  assert.match(log, /has used up its limit and sleeps until .* \| ada-1 \| ⏳ limited/);

  // The next temoin knows it too.
  await stage.add("T-3", { agent: agent("ada") });
  const next = await stage.start();
  await next.until("run_started");
  const [status] = (await stage.scratch.json("status")).agents;
  assert.deepEqual([status.state, status.limit?.kind], ["limited", "usage"]);
  assert.equal(status.limit.until, new Date(limited.until).toISOString());
  assert.equal((await stage.task("T-3")).state, "queued");
  const why = await stage.scratch.temoin("why", "T-3");
  assert.match(why.stdout, /ada-1 has used up its limit and sleeps until/);
});

test("a limit of an account sends its other agents to sleep before they meet it", async () => {
  await using stage = await openLimitStage(
    { "T-1": [{ limit: clockIn(3) }] },
    { "T-1": [write("one.txt", "one\n")], "T-2": [write("two.txt", "two\n")] },
  );
  const config = parse(await stage.scratch.read("temoin.yaml"));
  const { ada, bo } = config.agents;
  config.agents = { ada, cy: { ...bo, account: "ada" }, bo };
  await stage.scratch.write("temoin.yaml", stringify(config));
  await stage.add("T-1", { agent: agent("ada") });
  const run = await stage.start();
  const own = await run.until("slot_limited", ({ slot }) => slot === "ada-1");
  const other = await run.until("slot_limited", ({ slot }) => slot === "cy-1");
  assert.deepEqual([other.met, other.until], ["ada-1", own.until + 3_000]);
  const [, status] = (await stage.scratch.json("status")).agents;
  assert.deepEqual([status.name, status.limit.metBy], ["cy-1", "ada-1"]);
  const why = await stage.scratch.temoin("why", "cy");
  assert.match(why.stdout, /cy-1 has used up .* \(met by ada-1, which has the same account\)/);
});

test("a run whose only agent does not say when it can go on ends with 8", async () => {
  await using stage = await openLimitStage({ "T-1": [{ limit: "some day" }] }, null);
  await stage.add("T-1");
  const { exitCode, why } = await (await stage.run()).over;
  assert.equal(exitCode, 8);
  assert.match(why, /every agent .* is limited \(ada-1: /);
  assert.deepEqual(await stage.attempts("T-1"), ["limited ada"]);
});

test("an agent that could not be started is tried again by itself, and costs its task nothing", async () => {
  const text = "#!/bin/sh\ncat >/dev/null\ndate > $TEMOIN_TASK.txt\n";
  await using stage = await openStage({
    agents: { own: { command: ["./own.sh"] } },
    config: { attempts: { perTask: 1 } },
    files: { "own.sh": text },
  });
  const program = path.join(stage.scratch.dir, "own.sh");
  await chmod(program, 0o755);
  await stage.add("T-1 T-2");
  const run = await stage.start();
  run.onEvent = (event) => {
    if (event.type === "attempt_offered" && event.task === "T-2" && event.attempt === 1) {
      rmSync(program);
    }
  };
  const broken = await run.until("slot_broken");
  assert.equal(broken.retryAt - broken.at, 2_000);
  await writeFile(program, text, { mode: 0o755 });
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-2"), ["crashed own", "verified own"]);
  assert.equal(run.of("slot_broken").length, 1);
});

/** A session of which each turn writes a file, or cannot: then it was never logged in. */
function scriptedSession(request: SessionRequest, isLoggedIn: boolean): Session {
  const stream = new EventStream(systemClock);
  stream.tell({ type: "ready" });
  return {
    events: stream.events,
    async send({ id: promptId }: Prompt) {
      stream.tell({ type: "accepted", promptId });
      stream.tell({ type: "turn_started", promptId });
      if (isLoggedIn) await writeFile(path.join(request.cwd, "work.txt"), "done\n");
      const end = isLoggedIn
        ? ({ result: "completed" } as const)
        : ({ result: "failed", why: "Not logged in", isBroken: true } as const);
      stream.tell({ type: "turn_ended", promptId, end, says: "" });
      return { accepted: true, at: stream.now() };
    },
    interrupt: async () => undefined,
    [Symbol.asyncDispose]: async () => stream.end("it is over"),
  };
}

test("an agent that was not logged in is tried in a session of its own, which may be", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { attempts: { perTask: 1 } },
  });
  await stage.add("T-1");
  let sessions = 0;
  const decorate = (hands: Hands): Hands => {
    const of = (agent: AgentSpec): Driver => ({
      ...hands.drivers.of(agent),
      async start(request) {
        sessions += 1;
        return scriptedSession(request, sessions > 1);
      },
    });
    return { ...hands, drivers: { ...hands.drivers, of } };
  };
  const run = await stage.start({ decorate });
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["crashed ada", "verified ada"]);
  assert.deepEqual(
    run.of("slot_broken").map(({ why }) => why),
    ["Not logged in"],
  );
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask, beginWork, say } from "../operations/at-work.ts";
import { openStage, type Stage } from "../operations/fake-context.ts";
import { type } from "./typed.ts";

const config = `version: 1
agents: { fox: { driver: terminal, command: [fox], slots: 2 } }
`;

async function atWork(): Promise<Stage> {
  const stage = await openStage({ config });
  await beginWork(stage);
  stage.holder = { pid: 1, startedAt: "2026-11-21T10:00:00Z", command: "run" };
  return stage;
}

function rowOf(out: string): string {
  return out.split("\n").find((line) => line.includes("fox-1")) ?? assert.fail(out);
}

describe("the status of a plan", () => {
  it("tells who drafts one, and of one that was killed what goes on and what ends it", async () => {
    await using stage = await openStage({ config });
    assert.doesNotMatch((await type(stage, ["status"])).out, /^plan:/m);
    stage.planner = { pid: 34, isLeft: false };
    assert.match((await type(stage, ["status"])).out, /^plan: process 34 drafts one; /m);
    stage.planner = { pid: 34, isLeft: true };
    const { out, talk } = await type(stage, ["status"]);
    assert.match(out, /^plan: process 34 goes on, though its `temoin plan` was killed; the next/m);
    assert.match(talk, /^next: temoin clean /m);
    const { planner } = JSON.parse((await type(stage, ["status", "--json"])).out);
    assert.deepEqual(planner, { pid: 34, isLeft: true });
  });
});

describe("the status of an agent", () => {
  it("names its state with age and reason, who is at its keys, and what it asks", async () => {
    await using stage = await atWork();
    const at = stage.context.clock.now();
    const because = [{ at, source: "title", says: "the title shows its spinner" }] as const;
    say(stage, { type: "agent_seen", state: "working", because });
    assert.match(
      rowOf((await type(stage, ["status"])).out),
      /fox-1 +working +T-1 +0\.0 s +context unknown +the title shows its spinner/,
    );
    say(stage, { type: "agent_held", byPerson: true });
    assert.match(
      rowOf((await type(stage, ["status"])).out),
      /a person is typing: the title shows its spinner/,
    );
    say(stage, { type: "agent_held", byPerson: false });
    say(stage, { type: "asked", ask });
    assert.match(rowOf((await type(stage, ["status"])).out), / Q-1: the title/);
  });

  it("tells what its task and the run have used up, once anybody has told it", async () => {
    await using stage = await atWork();
    assert.doesNotMatch((await type(stage, ["status"])).out, /spend|\$/);
    say(stage, { type: "agent_used", usage: { costUsd: 0.25, outputTokens: 900 } });
    const { out } = await type(stage, ["status"]);
    assert.match(rowOf(out), /fox-1 +working +T-1 +0\.0 s +context unknown +\$0\.25, 900 tokens/);
    assert.match(out, /^spend: \$0\.25, 900 tokens$/m);
  });

  it("tells how full its conversation and its plan are, and who says so", async () => {
    await using stage = await atWork();
    const context = { used: 142_000, size: 200_000, by: "claude's status line" };
    const quota = { percent: 34.6, resetsAt: null, by: "claude's 5 h limit" };
    say(stage, { type: "agent_used", usage: { context, quota } });
    const told = /context 71 % \(claude's status line\), quota 34 % \(claude's 5 h limit\)/;
    assert.match(rowOf((await type(stage, ["status"])).out), told);
    const why = (await type(stage, ["why", "T-1"])).out;
    assert.match(why, /context 71 % \(claude's status line\)/);
    assert.match(why, /quota 34 % \(claude's 5 h limit\)/);
  });

  it("is told as JSON, with how it is reached", async () => {
    await using stage = await atWork();
    say(stage, { type: "asked", ask });
    say(stage, { type: "agent_held", byPerson: true });
    const { agents } = JSON.parse((await type(stage, ["status", "--json"])).out);
    const [{ name, driver, transport, held, asks }, other] = agents;
    assert.deepEqual(
      { name, driver, transport, held, asks },
      { name: "fox-1", driver: "terminal", transport: "tmux", held: true, asks: ["Q-1"] },
    );
    assert.deepEqual([other.name, other.held, other.asks], ["fox-2", false, []]);
  });
});

/** What only Amp does, over the fake agent that replays the stream which it documents. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readRecord } from "../fake-agent/tui/record.ts";
import { makeAmp } from "./driver-amp.ts";
import { endOf, openStage, readTurn } from "./driver-stage.ts";

describe("Amp", () => {
  test("goes on with its thread within a task, and begins another for the next", async () => {
    const stage = await openStage();
    await using _ = stage;
    const root = `${stage.directory}/root`;
    const { driver, agent } = stage.use(await makeAmp(root));
    const session = await stage.start(driver, await agent([[{ say: "one" }], [{ say: "two" }]]));
    await session.send(await stage.prompt(1));
    const first = await readTurn(session);
    await session.send(await stage.prompt(2));
    assert.equal(endOf(await readTurn(session)).says, "two");
    await session.send({ ...(await stage.prompt(3)), kind: "task" });
    // The script has no steps for it, which fails the turn and not the session.
    assert.equal(endOf(await readTurn(session)).end.result, "failed");
    const starts = readRecord(`${root}/record.jsonl`).flatMap((line) =>
      line.type === "started" ? [line.args.slice(3)] : [],
    );
    const stream = ["-x", "--stream-json", "--stream-json-input"];
    const thread = starts[1]?.[2] ?? "";
    assert.match(thread, /^T-/);
    assert.deepEqual(starts, [stream, ["threads", "continue", thread, ...stream], stream]);
    const usage = first.findLast((event) => event.type === "usage")?.usage;
    assert.deepEqual(usage?.context, { used: 100, size: 200_000, by: "the agent's stream" });
  });
});

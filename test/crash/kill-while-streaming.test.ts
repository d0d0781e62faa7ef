/** Agents with an interface of their own, under a temoin that is killed. */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/lib/clock.ts";
import { addTask } from "../e2e/add-task.ts";
import { type Ended, landings, openScratch } from "../e2e/scratch-project.ts";

const fakeStream = fileURLToPath(new URL("../fake-agent/fake-stream.ts", import.meta.url));

/** Each life is a little longer than the one before: the kill comes at another moment. */
const firstLifeMs = 600;
const longerMs = 500;

test("what an agent of JSON lines works on is done once, whenever temoin is killed", async () => {
  await using scratch = await openScratch();
  const script = path.join(scratch.folder, "stream.json");
  const write = { write: { path: "work/{task}.txt", text: "done\n" } };
  const steps = [{ sleep: 200 }, write, { sleep: 100 }];
  await scratch.write("../stream.json", JSON.stringify({ "*": steps }));
  const command = [process.execPath, fakeStream, "--like", "claude", script];
  const ada = { driver: "claude", transport: "headless", command, slots: 2 };
  const gates = [{ name: "there", run: "true" }];
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents: { ada }, gates }));
  const names = ["T-1", "T-2", "T-3"];
  for (const name of names) await addTask(scratch, name);
  let kills = 0;
  let last: Ended;
  for (;;) {
    const over = new AbortController();
    const child = scratch.startTemoin("run");
    const ended = scratch.ended(child).finally(() => over.abort());
    const begun = Promise.withResolvers<void>();
    child.stdout?.once("data", () => begun.resolve());
    await Promise.race([begun.promise, ended]);
    await systemClock
      .until(systemClock.now() + firstLifeMs + longerMs * kills, over.signal)
      .then(() => child.kill("SIGKILL"))
      .catch(() => undefined);
    last = await ended;
    if (last.signal === null) break;
    kills += 1;
    assert.ok(kills < 40, "it never ends");
  }
  assert.equal(last.code, 0, last.stdout + last.stderr);
  assert.ok(kills >= 2, `only ${kills} kills: the test has proved nothing`);
  assert.deepEqual((await landings(scratch)).toSorted(), names);
  await scratch.git("fsck", "--strict");
});

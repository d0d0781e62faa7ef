import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { startJsonProcess } from "../../../../src/agents/protocol/json-process.ts";
import type { SlotId } from "../../../../src/domain/id.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { fakeAgent } from "./fake-line.ts";

async function start(script: string, ear: Pick<Ear, "onValue" | "onText">) {
  const cwd = await mkdtemp(`${tmpdir()}/json-process-`);
  const agent = fakeAgent("sh", "-c", script);
  const program = await startJsonProcess({
    request: { slot: "fake/1" as SlotId, agent, cwd, env: {}, logFile: "/l", privateDir: "/p" },
    options: { clock: systemClock, root: cwd, binDir: "/", graceMs: 100 },
    args: [],
    ...ear,
  });
  return {
    program,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(cwd, { recursive: true });
    },
  };
}

type Ear = Parameters<typeof startJsonProcess>[0];

test("a program is ended that tells what nobody can read, and its end says so", async () => {
  await using at = await start("echo '{}'; exec sleep 1000", {
    onValue: () => {
      throw new Error("no such field");
    },
    onText: () => undefined,
  });
  const why = await at.program.gone;
  assert.equal(why, "what it told could not be read (Error: no such field)");
});

test("a program that prints more errors than are taken waits", async () => {
  let taken = 0;
  let isTaking = false;
  await using at = await start("head -c 1000000 /dev/zero | tr '\\0' x >&2", {
    onValue: () => undefined,
    onText: async (text) => {
      assert.equal(isTaking, false);
      isTaking = true;
      await new Promise(setImmediate);
      isTaking = false;
      taken += text.length;
    },
  });
  await at.program.gone;
  assert.equal(taken, 1_000_000);
});

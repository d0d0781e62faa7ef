import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import type { Fact } from "../../../../src/agents/protocol/line.ts";
import { TurnProcessLine } from "../../../../src/agents/protocol/turn-process.ts";
import type { SlotId } from "../../../../src/domain/id.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { findByEnvironment } from "../../../../src/lib/process-tree.ts";
import { fakeAgent, promptOf } from "./fake-line.ts";

/** A line to a shell that runs the script, and what is done at its ear. */
async function openLine(script: string) {
  const cwd = await mkdtemp(`${tmpdir()}/turn-process-`);
  const slot = randomUUID();
  const heard: ("told" | "written")[] = [];
  const over = Promise.withResolvers<Extract<Fact, { readonly type: "over" }>>();
  const agent = fakeAgent("sh", "-c", script);
  const line = new TurnProcessLine({
    request: {
      slot: slot as SlotId,
      agent,
      cwd,
      env: { TEMOIN_SLOT: slot },
      logFile: "/log",
      privateDir: "/private",
    },
    options: { clock: systemClock, root: cwd, binDir: "/", graceMs: 100 },
    ear: {
      tell(fact) {
        if (fact.type === "over") over.resolve(fact);
        else heard.push("told");
      },
      async written() {
        heard.push("written");
      },
    },
    readerOf: () => ({
      args: [],
      stdin: null,
      isEndTold: false,
      read: () => [],
      conversation: null,
    }),
  });
  return {
    line,
    heard,
    over: over.promise,
    processes: () => findByEnvironment("TEMOIN_SLOT", slot).length,
    async [Symbol.asyncDispose]() {
      await line[Symbol.asyncDispose]();
      await rm(cwd, { recursive: true });
    },
  };
}

test("an agent that is closed while it is being started is not left running", async () => {
  await using at = await openLine("exec sleep 1000");
  const given = at.line.give(promptOf("P-1"));
  await at.line[Symbol.asyncDispose]();
  await given;
  assert.equal(at.processes(), 0);
});

test("an agent that prints more errors than the log takes waits for the log", async () => {
  await using at = await openLine("head -c 1000000 /dev/zero | tr '\\0' x >&2");
  await at.line.give(promptOf("P-1"));
  await at.over;
  const told = at.heard.filter((one) => one === "told").length;
  assert(told > 1);
  assert.deepEqual(
    at.heard,
    Array.from({ length: told }, () => ["told", "written"] as const).flat(),
  );
});

/** Processes are found by their environment and ended, and no others with them. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  findProcess,
  identify,
  isAlive,
  type ProcessIdentity,
} from "../../../src/lib/process-table.ts";
import { endAll, findByEnvironment } from "../../../src/lib/process-tree.ts";

const options = { clock: systemClock, graceMs: 200 };

describe("findByEnvironment", () => {
  test("finds processes with exactly this name and value, and their descendants", async () => {
    const value = randomUUID();
    await using own = await started(["sh", "-c", "env -i sleep 600 & echo ready; wait"], {
      MARK: value,
    });
    await using _longer = await started(["sleep", "600"], { MARK: `${value}0` });
    await using _prefixed = await started(["sleep", "600"], { XMARK: value });
    await once(own.child.stdout ?? assert.fail(), "data");
    await execed(value, 2);
    const found = findByEnvironment("MARK", value);
    assert.deepEqual(found.map((row) => row.name).toSorted(), ["sh", "sleep"]);
    assert.equal(found[0]?.pid, own.child.pid);
    assert.deepEqual(await endAll(found, options), []);
    assert.deepEqual(findByEnvironment("MARK", value), []);
  });

  test("spares the caller and its ancestors, and ends its marked child", async () => {
    const value = randomUUID();
    const script = `
      import { spawn } from "node:child_process";
      import { systemClock } from ${JSON.stringify(import.meta.resolve("../../../src/lib/clock.ts"))};
      import { endAll, findByEnvironment } from ${JSON.stringify(import.meta.resolve("../../../src/lib/process-tree.ts"))};
      const child = spawn("sleep", ["600"]);
      const found = findByEnvironment("MARK", ${JSON.stringify(value)});
      const left = await endAll(found, { clock: systemClock, graceMs: 200 });
      const own = { pid: process.pid, startedAt: "0" };
      await endAll([own, { pid: process.ppid, startedAt: "0" }], { clock: systemClock, graceMs: 0 });
      console.log(JSON.stringify([found.map((row) => row.pid === child.pid), left]));
    `;
    const command = ["sh", "-c", '"$0" --input-type=module -e "$1"; echo and the shell lives'];
    await using own = await started([...command, process.execPath, script], { MARK: value });
    const lines = (await textOf(own.child)).trim().split("\n");
    assert.deepEqual(lines, ["[[true],[]]", "and the shell lives"]);
  });
});

describe("endAll", () => {
  test("leaves a process alone that has taken over the pid", async () => {
    await using own = await started(["sleep", "600"], {});
    const { pid } = own.identity;
    assert.deepEqual(await endAll([{ pid, startedAt: "another time" }], options), []);
    assert.notEqual(findProcess(pid), null);
  });

  test("kills what ignores SIGTERM when the grace has passed, or at once when called off", async () => {
    for (const signal of [undefined, AbortSignal.abort()]) {
      const ignoring = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 600; done"];
      const mark = randomUUID();
      await using own = await started(ignoring, { MARK: mark });
      await once(own.child.stdout ?? assert.fail(), "data");
      const graceMs = signal === undefined ? 100 : 3_600_000;
      const left = await endAll(findByEnvironment("MARK", mark), { ...options, graceMs, signal });
      assert.deepEqual(left, []);
      assert.equal(await own.signal, "SIGKILL");
    }
  });

  test("ends a stubborn child too, whose parent ends at the first signal", async () => {
    const stubborn = "trap '' TERM; echo $$; while :; do sleep 600; done";
    const setsid = 'env -i PATH="$PATH" setsid sh -c "$0" & wait';
    await using own = await started(["sh", "-c", setsid, stubborn], {});
    const [line] = await once(own.child.stdout ?? assert.fail(), "data");
    const child = findProcess(Number(line)) ?? assert.fail();
    assert.deepEqual(await endAll([own.identity], options), []);
    assert.equal(isAlive(child), false);
  });

  test("asks with SIGTERM first, and only once", async () => {
    const counting =
      "n=0; trap 'n=$((n + 1)); echo asked $n' TERM; echo ready; " +
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.05; done; test $n = 1";
    await using own = await started(["sh", "-c", counting], {});
    await once(own.child.stdout ?? assert.fail(), "data");
    assert.deepEqual(await endAll([own.identity], { ...options, graceMs: 60_000 }), []);
    assert.equal(own.child.exitCode, 0);
  });

  test("has nothing to do for processes that have ended", async () => {
    await using own = await started(["true"], {});
    await own.signal;
    assert.deepEqual(await endAll([own.identity], options), []);
  });
});

interface StartedProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
  readonly signal: Promise<NodeJS.Signals | null>;
}

async function started(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StartedProcess> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const identity = identify(child.pid ?? assert.fail()) ?? assert.fail();
  const signal = once(child, "exit").then(([, by]) => by);
  await once(child, "spawn");
  return {
    child,
    identity,
    signal,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await signal;
    },
  };
}

/** A child bears its shell's name until it has become the program itself. */
async function execed(mark: string, count: number): Promise<void> {
  const names = () => new Set(findByEnvironment("MARK", mark).map((row) => row.name));
  while (names().size < count) await systemClock.until(systemClock.now() + 2);
}

async function textOf(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? assert.fail()) text += String(chunk);
  return text;
}

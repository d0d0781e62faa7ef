/** Programs are started, read and ended with all that they have started. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  type ProcessRequest,
  type RunningProcess,
  type Start,
  startProcess,
} from "../../../src/lib/process.ts";
import { findProcess } from "../../../src/lib/process-table.ts";
import { findByEnvironment } from "../../../src/lib/process-tree.ts";

describe("startProcess", () => {
  test("tells a program that is not there from one that cannot be executed", async () => {
    await using stage = await openStage();
    assert.equal(reasonOf(await stage.start(["no-such-program"])), "not_found");
    assert.equal(reasonOf(await stage.start(["./nothing"])), "not_found");
    await writeFile(join(stage.directory, "plain"), "text", { mode: 0o644 });
    assert.equal(reasonOf(await stage.start(["./plain"])), "not_executable");
    await writeFile(join(stage.directory, "script"), "#!/no/such/shell\n", { mode: 0o755 });
    assert.equal(reasonOf(await stage.start(["./script"])), "no_interpreter");
  });

  test("tells a working directory that is gone", async () => {
    await using stage = await openStage();
    const cwd = join(stage.directory, "gone");
    assert.equal(reasonOf(await stage.start(["true"], { cwd })), "no_directory");
  });

  test("returns what the system refuses, in one short line", async () => {
    await using stage = await openStage();
    for (const argument of ["x".repeat(10_000_000), "nul\0"]) {
      const start = await stage.start(["true", argument]);
      assert.equal(reasonOf(start), "system");
      assert(!start.started && start.detail.length <= 200);
    }
  });

  test("looks for the program on the PATH that it is given", async () => {
    await using stage = await openStage();
    await writeFile(join(stage.directory, "tool"), "#!/bin/sh\necho found\n", { mode: 0o755 });
    const env = { PATH: `${stage.directory}:${pathOf(process.env)}` };
    const running = processOf(await stage.start(["tool"], { env }));
    await running.exited;
    assert.equal(stage.output(), "found\n");
  });
});

describe("a running process", () => {
  test("tells its exit code, or the signal that ended it", async () => {
    await using stage = await openStage();
    const failed = await processOf(await stage.start(["sh", "-c", "exit 7"])).exited;
    assert.deepEqual(failed, {
      exitCode: 7,
      signal: null,
      isEndAsked: false,
      leftBehind: [],
    });
    const killed = await processOf(await stage.start(["sh", "-c", "kill -ABRT $$"])).exited;
    assert.equal(killed.exitCode, null);
    assert.equal(killed.signal, "SIGABRT");
  });

  test("reads its whole input, by whatever name", async () => {
    await using stage = await openStage();
    const stdin = "é".repeat(2_500_000);
    await processOf(await stage.start(["sh", "-c", "wc -c < /dev/stdin"], { stdin })).exited;
    assert.equal(stage.output().trim(), "5000000");
  });

  test("may leave a large input unread", async () => {
    await using stage = await openStage();
    const stdin = "x".repeat(5_000_000);
    const exit = await processOf(await stage.start(["true"], { stdin })).exited;
    assert.equal(exit.exitCode, 0);
  });

  test("has no input unless it is given some", async () => {
    await using stage = await openStage();
    await processOf(await stage.start(["wc", "-c"])).exited;
    assert.equal(stage.output().trim(), "0");
  });

  test("hands over every byte that it prints, whatever it is", async () => {
    await using stage = await openStage();
    const every =
      'for i in 0 1 2 3; do for j in 0 1 2 3 4 5 6 7; do for k in 0 1 2 3 4 5 6 7; do printf "\\\\$i$j$k"; done; done; done';
    await processOf(await stage.start(["sh", "-c", every])).exited;
    assert.deepEqual(
      [...stage.bytes()],
      Array.from({ length: 256 }, (_, n) => n),
    );
  });

  test("waits for a slow reader, who is called once at a time", async () => {
    await using stage = await openStage();
    let bytes = 0;
    let readers = 0;
    const onOutput = async (chunk: Uint8Array) => {
      readers += 1;
      assert.equal(readers, 1);
      await systemClock.until(systemClock.now() + 1);
      bytes += chunk.length;
      readers -= 1;
    };
    const command = ["head", "-c", "3000000", "/dev/zero"] as const;
    await processOf(await stage.start([...command], { onOutput })).exited;
    assert.equal(bytes, 3_000_000);
  });

  test("goes on when its reader fails", async () => {
    await using stage = await openStage();
    const onOutput = () => Promise.reject(new Error("disk full"));
    const running = await stage.start(["sh", "-c", "head -c 3000000 /dev/zero; exit 5"], {
      onOutput,
    });
    const exit = await processOf(running).exited;
    assert.equal(exit.exitCode, 5);
  });

  test("is not waited for because a child of it holds its output open", async () => {
    await using stage = await openStage();
    const running = await stage.start(["sh", "-c", "sleep 600 & setsid sleep 600 & echo left"]);
    const exit = await processOf(running).exited;
    assert.equal(exit.exitCode, 0);
    assert.deepEqual(exit.leftBehind, ["sleep", "sleep"]);
    assert.equal(stage.output(), "left\n");
  });

  test("leaves nothing of its group, also without the marker and when it ends at once", async () => {
    await using stage = await openStage();
    const exit = await processOf(await stage.start(["sh", "-c", "env -i sleep 600 &"])).exited;
    assert.deepEqual(exit.leftBehind, ["sleep"]);
  });

  test("is ended with a daemon that it starts when it is asked to end", async () => {
    await using stage = await openStage();
    const script =
      "trap 'setsid sleep 600 & exit 0' TERM; echo ready; while :; do sleep 0.01; done";
    const running = processOf(await stage.start(["sh", "-c", script]));
    await stage.printed("ready");
    await running.end();
    assert.deepEqual(findByEnvironment("MARKER", stage.marker), []);
  });

  test("is ended with a child that has another session and an empty environment", async () => {
    await using stage = await openStage();
    const script = 'env -i "$(command -v setsid)" sleep 600 & echo "$!"; wait';
    const running = processOf(await stage.start(["sh", "-c", script]));
    await stage.printed("\n");
    const daemon = Number(stage.output());
    assert.notEqual(findProcess(daemon), null);
    await running.end();
    assert.equal(findProcess(daemon), null);
  });

  test("can be asked to end again, also after its end", async () => {
    await using stage = await openStage();
    const running = processOf(await stage.start(["sleep", "600"]));
    await Promise.all([running.end(), running.end()]);
    await running.end();
    const { isEndAsked, signal } = await running.exited;
    assert.equal(isEndAsked, true);
    assert.equal(signal, "SIGTERM");
    const done = processOf(await stage.start(["true"]));
    await done.exited;
    await done.end();
    assert.equal((await done.exited).isEndAsked, false);
  });

  test("starts nothing that a Ctrl-C at our own terminal reaches", async () => {
    await using stage = await openStage();
    const { PATH: path = "" } = process.env;
    const groupFile = join(stage.directory, "group");
    const script = `#!/bin/sh\nPATH='${path}'\nps -o pgid= -p $$ >'${groupFile}'\nexec mkfifo "$@"\n`;
    await writeFile(join(stage.directory, "mkfifo"), script, { mode: 0o755 });
    process.env["PATH"] = `${stage.directory}:${path}`;
    try {
      await processOf(await stage.start(["sh", "-c", "ps -o pgid= -p $$"])).exited;
    } finally {
      process.env["PATH"] = path;
    }
    const groups = [await readFile(groupFile, "utf8"), stage.output()];
    const own = findProcess(process.pid)?.group;
    for (const group of groups) {
      assert.match(group, /^ *\d+\n$/);
      assert.notEqual(Number(group), own);
    }
  });

  test("ends by SIGKILL when the grace has passed", async () => {
    await using stage = await openStage();
    const script = "trap '' TERM; echo ready; while :; do sleep 600; done";
    const running = processOf(await stage.start(["sh", "-c", script]));
    await stage.printed("ready");
    await running.end();
    assert.equal((await running.exited).signal, "SIGKILL");
  });
});

async function openStage() {
  const directory = await mkdtemp(join(tmpdir(), "process-"));
  const marker = randomUUID();
  const chunks: Buffer[] = [];
  let told = Promise.withResolvers<void>();
  const stage = {
    directory,
    marker,
    start(command: [string, ...string[]], overrides: Partial<ProcessRequest> = {}) {
      return startProcess({
        command,
        cwd: directory,
        env: process.env,
        stdin: null,
        marker: { name: "MARKER", value: marker },
        clock: systemClock,
        graceMs: 200,
        onOutput(chunk) {
          chunks.push(Buffer.from(chunk));
          told.resolve();
          told = Promise.withResolvers();
        },
        ...overrides,
      });
    },
    bytes: () => Buffer.concat(chunks),
    output: () => Buffer.concat(chunks).toString("utf8"),
    /** Resolves when the output so far holds the text. */
    async printed(text: string) {
      while (!stage.output().includes(text)) await told.promise;
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true });
      assert.deepEqual(findByEnvironment("MARKER", marker), [], "no process is left");
    },
  };
  return stage;
}

function processOf(start: Start): RunningProcess {
  assert(start.started);
  return start.process;
}

function reasonOf(start: Start): string | null {
  return start.started ? null : start.because;
}

function pathOf({ PATH: path = "" }: NodeJS.ProcessEnv): string {
  return path;
}

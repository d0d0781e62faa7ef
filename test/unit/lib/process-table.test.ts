/** What runs on this machine is read from /proc, and elsewhere from `ps`. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  findProcess,
  identify,
  isAlive,
  parsePs,
  readProcessTable,
} from "../../../src/lib/process-table.ts";

describe("the table of processes", () => {
  test("lists this process and its parent", () => {
    const own = readProcessTable().find((row) => row.pid === process.pid);
    assert.equal(own?.parent, process.ppid);
    assert(own && isAlive(own));
  });

  test("understands a program's name with parentheses and spaces", async () => {
    const directory = await mkdtemp(join(tmpdir(), "table-"));
    const program = join(directory, "a) R 1 (b");
    await copyFile("/bin/sleep", program);
    const child = spawn(program, ["600"], { detached: true });
    await once(child, "spawn");
    try {
      const row = findProcess(child.pid ?? 0);
      assert.equal(row?.name, "a) R 1 (b");
      assert.equal(row?.parent, process.pid);
      assert.equal(row?.group, child.pid);
      assert.equal(row?.session, child.pid);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
      await rm(directory, { recursive: true });
    }
  });

  test("does not list a zombie, but tells who it was", async () => {
    // The shell becomes a program that never asks after its child.
    const child = spawn("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"]);
    const [line] = await once(child.stdout, "data");
    const pid = Number(line);
    try {
      const row = findProcess(pid);
      assert(row && isAlive(row));
      process.kill(pid, "SIGKILL");
      while (isAlive(row)) await systemClock.until(systemClock.now() + 2);
      assert.equal(findProcess(pid), null);
      assert.deepEqual(identify(pid), { pid, startedAt: row.startedAt });
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    assert.equal(findProcess(child.pid ?? 0), null);
  });
});

describe("parsePs", () => {
  test("reads the rows of Linux and of macOS, and passes over zombies and what it cannot read", () => {
    const rows = parsePs(
      [
        "    1     0     1 S    Sat Nov 21 01:02:03 2026 init",
        " 4242     1  4242 Ss   Sat Nov  7 01:02:03 2026 /Applications/My App/agent",
        " 4243  4242  4242 Z    Sat Nov  7 01:02:03 2026 sh <defunct>",
        "ps: something else",
        "",
      ].join("\n"),
    );
    assert.deepEqual(rows, [
      {
        pid: 1,
        parent: 0,
        group: 1,
        session: 0,
        startedAt: "Sat Nov 21 01:02:03 2026",
        name: "init",
      },
      {
        pid: 4242,
        parent: 1,
        group: 4242,
        session: 0,
        startedAt: "Sat Nov  7 01:02:03 2026",
        name: "/Applications/My App/agent",
      },
    ]);
  });
});

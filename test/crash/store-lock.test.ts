/** The lock on a path, between processes: one holds it, and it is free when that one is killed. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AppError } from "../../src/lib/app-error.ts";
import { tryLock } from "../../src/lib/file-lock.ts";
import { type Child, startChild } from "./child-lines.ts";

interface Place extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  start(): Child;
}

/** Processes that are started here are ended with it. */
async function makePlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "temoin-lock-"));
  const path = join(directory, "project.lock");
  const children: Child[] = [];
  return {
    directory,
    path,
    start() {
      const child = startChild("hold-lock.ts", [path]);
      children.push(child);
      return child;
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill();
      await Promise.all(children.map((child) => child.ended));
      await rm(directory, { recursive: true });
    },
  };
}

async function firstLine(child: Child): Promise<string> {
  for await (const line of child.lines) return line;
  return "nothing";
}

test("while another process holds the lock it is refused; kill -9 of that process frees it", async () => {
  await using place = await makePlace();
  const holder = place.start();
  assert.equal(await firstLine(holder), "held");
  assert.equal(tryLock(place.path), null);
  holder.kill();
  assert.equal(await holder.ended, "SIGKILL");
  using lock = tryLock(place.path);
  assert.ok(lock);
});

test("what this process holds is refused to others and to itself, until it is released", async () => {
  await using place = await makePlace();
  const lock = tryLock(place.path);
  assert.ok(lock);
  assert.equal(tryLock(place.path), null);
  assert.equal(await firstLine(place.start()), "refused");
  lock[Symbol.dispose]();
  lock[Symbol.dispose]();
  assert.equal(await firstLine(place.start()), "held");
});

test("of processes that try at the same time exactly one gets it", async () => {
  await using place = await makePlace();
  const said = await Promise.all(Array.from({ length: 6 }, () => firstLine(place.start())));
  assert.deepEqual(said.sort(), ["held", ...Array(5).fill("refused")]);
});

test("locks on different paths do not meet, and their folders are made", async () => {
  await using place = await makePlace();
  using here = tryLock(join(place.directory, "a", "b", "lock"));
  using there = tryLock(join(place.directory, "a", "c", "lock"));
  assert.ok(here && there);
});

test("a path that cannot hold a lock is refused with a sentence, and left as it is", async () => {
  await using place = await makePlace();
  const file = join(place.directory, "notes");
  await writeFile(file, "just notes\n".repeat(100));
  const folder = join(place.directory, "folder");
  await mkdir(folder);
  for (const path of [file, folder, join(file, "lock")]) {
    assert.throws(
      () => tryLock(path),
      (error) =>
        error instanceof AppError &&
        error.code === "disk" &&
        error.message.startsWith(`Cannot lock \`${path}\`: `) &&
        error.hint !== null,
    );
  }
  assert.equal(await readFile(file, "utf8"), "just notes\n".repeat(100));
});

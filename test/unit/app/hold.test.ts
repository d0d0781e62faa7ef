import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { findHolder, hold } from "../../../src/app/hold.ts";
import { pathsOf } from "../../../src/app/places.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { tryLock } from "../../../src/lib/file-lock.ts";

async function place() {
  const stateDir = await mkdtemp(path.join(tmpdir(), "temoin-hold-"));
  return {
    paths: pathsOf({ id: "p", root: stateDir, stateDir, isBare: false }),
    [Symbol.asyncDispose]: () => rm(stateDir, { recursive: true, force: true }),
  };
}

test("one that only looks whether the project is held keeps nobody from taking it", async () => {
  await using at = await place();
  const looker = tryLock(at.paths.lock);
  assert.ok(looker);
  const held = hold(at.paths, "run", systemClock);
  looker[Symbol.dispose]();
  await using _held = await held;
  assert.equal((await findHolder(at.paths))?.pid, process.pid);
});

test("where nobody has signed, looking does not touch the lock", async () => {
  await using at = await place();
  const beginning = tryLock(at.paths.lock);
  assert.ok(beginning);
  assert.equal(await findHolder(at.paths), null);
  beginning[Symbol.dispose]();
});

test("a project that is held stays so, and it is told by whom", async () => {
  await using at = await place();
  await using _held = await hold(at.paths, "up", systemClock);
  await assert.rejects(hold(at.paths, "run", systemClock), {
    code: "locked",
    message: new RegExp(`process ${process.pid}, \`temoin up\``),
  });
});

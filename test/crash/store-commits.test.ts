/**
 * A process that commits is killed fifty times; nothing that it was told to be kept is lost. And
 * processes may open a store together.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { systemClock } from "../../src/lib/clock.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { startChild } from "./child-lines.ts";

/** Two stores at a time, for the two cores that a small machine has. */
const lanes = 2;
const killsPerLane = 25;

test("50 SIGKILLs while committing: nothing acknowledged is lost, no gap, no event without its offer", async () => {
  const directory = await mkdtemp(join(tmpdir(), "temoin-crash-"));
  try {
    const paths = Array.from({ length: lanes }, (_, lane) => join(directory, `${lane}.db`));
    // Both come to their end, so that the directory is nobody's when it is removed.
    const ends = await Promise.allSettled(paths.map((path) => killAgainAndAgain(path)));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("processes that open a new store at the same moment all get it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "temoin-crash-"));
  const path = join(directory, "new", "store.db");
  const children = Array.from({ length: 4 }, () => startChild("open-store.ts", [path]));
  try {
    const answers = children.map((child) => child.lines[Symbol.asyncIterator]());
    for (const answer of answers) assert.equal((await answer.next()).value, "ready");
    for (const child of children) child.say("open");
    for (const answer of answers) assert.equal((await answer.next()).value, "opened");
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.ended));
    await rm(directory, { recursive: true });
  }
});

async function killAgainAndAgain(path: string): Promise<void> {
  let acknowledged = 0;
  for (let kill = 0; kill < killsPerLane; kill += 1) {
    const last = await commitUntilKilled(path, 1 + ((kill * 7) % 12));
    assert.ok(last > acknowledged, `nothing was committed after ${acknowledged}`);
    acknowledged = last;
  }
  await assertWhole(path, acknowledged);
}

/** Kills it after so many acknowledged commits; returns the number of the last one. */
async function commitUntilKilled(path: string, commits: number): Promise<number> {
  const child = startChild("commit-loop.ts", [path]);
  let last = 0;
  let seen = 0;
  for await (const line of child.lines) {
    last = Number(line);
    seen += 1;
    if (seen === commits) child.kill();
  }
  assert.equal(await child.ended, "SIGKILL");
  return last;
}

async function assertWhole(path: string, acknowledged: number): Promise<void> {
  await using store = await openSqliteStore({ path, clock: systemClock });
  const numbers = (await store.load("main")).map((event) =>
    event.type === "run_stopping" ? Number(event.why) : event.type,
  );
  // At most one commit was on disk and its process killed before it could say so, per kill; as the
  // next process went on from there, only after the last kill can it be more than acknowledged.
  const unsaid = numbers.length - acknowledged;
  assert.ok(unsaid === 0 || unsaid === 1, `${acknowledged} acknowledged, ${numbers.length} kept`);
  assert.deepEqual(
    numbers,
    Array.from(numbers, (_, n) => n + 1),
  );
  for (const number of numbers) {
    const lease = await store.claim("work", "host-a");
    assert.deepEqual([lease?.id, lease?.data], [String(number), number]);
  }
  assert.equal(await store.claim("work", "host-a"), null);
  using db = new DatabaseSync(path);
  assert.deepEqual(db.prepare("pragma integrity_check").all().map(Object.values), [["ok"]]);
}

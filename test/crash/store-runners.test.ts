/**
 * Four runners, as processes, compete for tasks in chains and are killed fifty times; some are
 * taken for dead while they live. Every task is settled exactly once, in its order, and none is lost.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Lease } from "../../src/domain/commit.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import type { Store } from "../../src/store/store.ts";
import { type ChainTask, taskOffer } from "./chain.ts";
import { type Child, startChild } from "./child-lines.ts";

const chains = Array.from({ length: 15 }, (_, n) => `chain-${n}`);
const chainLength = 30;
const runners = 4;
const kills = 50;

/** One in so many claims is killed, and one is taken for dead. 450 tasks are enough for 50 kills. */
const killEvery = 9;

interface Fleet {
  readonly path: string;
  readonly store: Store;
  /** Every runner that was started. */
  readonly children: Child[];
  /** Those of them that were not killed. */
  readonly living: Set<Child>;
  claims: number;
  kills: number;
  stale: number;
}

test("4 runners over 450 chained tasks with 50 SIGKILLs: each is settled once, in order, none is lost", async () => {
  const directory = await mkdtemp(join(tmpdir(), "temoin-fleet-"));
  const path = join(directory, "store.db");
  const children: Child[] = [];
  try {
    await using store = await openSqliteStore({ path, clock: systemClock });
    for (const chain of chains) {
      const offers = [taskOffer({ chain, number: 1, length: chainLength }, 1)];
      await store.commit({ stream: chain, expected: 0, events: [], offers });
    }
    const fleet = {
      path,
      store,
      children,
      living: new Set<Child>(),
      claims: 0,
      kills: 0,
      stale: 0,
    };
    await Promise.all(Array.from({ length: runners }, () => keepRunning(fleet)));
    assert.equal(fleet.kills, kills);
    assert.ok(fleet.stale > 0, "nobody who was taken for dead came back");
    for (const chain of chains) await assertDoneInOrder(store, chain);
    assert.deepEqual(await store.depth(), {});
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.ended));
    await rm(directory, { recursive: true });
  }
});

/** One place for a runner: whoever dies there is reaped, and another one takes the place. */
async function keepRunning(fleet: Fleet): Promise<void> {
  while (!(await isFinished(fleet.store))) {
    const name = `runner-${fleet.children.length}`;
    const child = startChild("work-loop.ts", [fleet.path, name]);
    fleet.children.push(child);
    fleet.living.add(child);
    for await (const line of child.lines) {
      if (line === "stale") fleet.stale += 1;
      // What a runner said before it was killed may be read after.
      else if (line.startsWith("claimed") && fleet.living.has(child)) {
        await onClaim(fleet, name, child);
      }
      if (await isFinished(fleet.store)) for (const other of fleet.living) other.kill();
    }
    assert.equal(await child.ended, "SIGKILL");
    await offerAgain(fleet.store, name);
  }
}

async function onClaim(fleet: Fleet, name: string, child: Child): Promise<void> {
  fleet.claims += 1;
  if (fleet.claims % killEvery !== 0 || fleet.kills === kills) {
    // Its lease is ended and its task offered to others, but it lives and goes on.
    if (fleet.claims % killEvery === 4) await offerAgain(fleet.store, name);
    child.say("go");
    return;
  }
  const manner = fleet.kills % 3;
  fleet.kills += 1;
  // With the lease in its hands; in the midst of its commit; or another one, wherever it is.
  if (manner > 0) child.say("go");
  const others = [...fleet.living].filter((other) => other !== child);
  const victim = (manner === 2 ? others[0] : child) ?? child;
  fleet.living.delete(victim);
  victim.kill();
}

/** What a control does when a runner has died: it ends the leases, and decides to offer anew. */
async function offerAgain(store: Store, runner: string): Promise<void> {
  for (const lease of await store.reap(0, [runner])) {
    // The queue holds nothing but what `taskOffer` makes.
    const task = lease.data as ChainTask;
    const offers = [taskOffer(task, attemptOf(lease) + 1)];
    const expected = (await store.load(task.chain)).length;
    // Nobody else writes to this chain now: its only open task was in the hands of that runner.
    assert.equal(await store.commit({ stream: task.chain, expected, events: [], offers }), "ok");
  }
}

function attemptOf(lease: Lease): number {
  return Number(lease.id.split("/").at(-1));
}

async function isFinished(store: Store): Promise<boolean> {
  for (const chain of chains) {
    if ((await store.load(chain, chainLength - 1)).length === 0) return false;
  }
  return true;
}

async function assertDoneInOrder(store: Store, chain: string): Promise<void> {
  const done = (await store.load(chain)).map((event) =>
    event.type === "run_stopping" ? event.why : event.type,
  );
  const inOrder = Array.from({ length: chainLength }, (_, n) => `done ${n + 1}`);
  assert.deepEqual(done, inOrder, chain);
}

/** What each test of the store's contract gets: a store of its own, a clock, and short verbs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Commit, Lease, Offer } from "../../src/domain/commit.ts";
import type { Event } from "../../src/domain/event.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { Archive } from "../../src/store/archive.ts";
import type { Store } from "../../src/store/store.ts";

export interface OpenedStore extends AsyncDisposable {
  readonly store: Store & Archive;
  /** The same store once more, as another process or a later start would open it. */
  reopen(): Promise<Store & Archive>;
}

/** A store of its own for each test; disposing it closes it and leaves nothing behind. */
export type OpenStore = (clock: Pick<Clock, "now">) => Promise<OpenedStore>;

export interface StoreClock extends Pick<Clock, "now"> {
  advance(ms: number): void;
}

/** Stands still until it is moved. */
export function storeClock(start = 1_800_000_000_000): StoreClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

/** An event that is told apart by its text. */
export function event(says: string): Event {
  return { type: "run_stopping", exitCode: 0, why: says, at: 1, by: "temoin" };
}

export function offer(id: string, more: Partial<Offer> = {}): Offer {
  return { queue: "claude-1", id, priority: 0, data: null, ...more };
}

export interface Fixture {
  readonly store: Store & Archive;
  readonly clock: StoreClock;
  reopen(): Promise<Store & Archive>;
  /** Commits to a stream that nothing else is written to, whatever its head is. */
  put(more: Partial<Commit>): Promise<void>;
  offerAll(...offers: Offer[]): Promise<void>;
  /** Claims what must be there. */
  take(queue?: string, runner?: string): Promise<Lease>;
  /** The ids of everything that can be claimed from the queue now, in that order. */
  drain(queue?: string): Promise<readonly string[]>;
}

export type Check = (title: string, run: (fixture: Fixture) => Promise<void>) => void;

/** Registers tests, each over a store of its own. */
export function checkOver(open: OpenStore): Check {
  return (title, run) =>
    test(title, async () => {
      const clock = storeClock();
      await using opened = await open(clock);
      await run(fixtureOver(opened, clock));
    });
}

function fixtureOver(opened: OpenedStore, clock: StoreClock): Fixture {
  const { store } = opened;
  const put = async (more: Partial<Commit>) => {
    const expected = (await store.load("side")).length;
    const outcome = await store.commit({ stream: "side", expected, events: [], ...more });
    assert.equal(outcome, "ok");
  };
  return {
    store,
    clock,
    put,
    reopen: () => opened.reopen(),
    offerAll: (...offers) => put({ offers }),
    async take(queue = "claude-1", runner = "host-a") {
      const lease = await store.claim(queue, runner);
      assert.ok(lease, `nothing to claim in ${queue}`);
      return lease;
    },
    async drain(queue = "claude-1") {
      const ids: string[] = [];
      for (;;) {
        const lease = await store.claim(queue, "host-a");
        if (lease === null) return ids;
        ids.push(lease.id);
      }
    },
  };
}

/** The part of the store's contract that speaks of fences, silence and the end of a lease. */

import assert from "node:assert/strict";
import type { Commit } from "../../src/domain/commit.ts";
import { leaseMs } from "../../src/store/store.ts";
import { type Check, event, offer } from "./store-fixture.ts";

export function describeLeases(check: Check): void {
  check("a lease settles exactly once; its second commit is stale", async (f) => {
    await f.offerAll(offer("a"));
    const fence = await f.take();
    const settle: Commit = {
      stream: "main",
      expected: 0,
      events: [event("done")],
      fence,
      settle: true,
      offers: [offer("next", { queue: "codex-1" })],
    };
    assert.equal(await f.store.commit(settle), "ok");
    const second = { ...settle, expected: 1, offers: [offer("twice", { queue: "codex-1" })] };
    assert.equal(await f.store.commit(second), "stale");
    assert.deepEqual(await f.store.load("main"), [event("done")]);
    assert.deepEqual(await f.store.beat([fence]), [false]);
    assert.deepEqual(await f.store.reap(f.clock.now() + leaseMs), []);
    assert.deepEqual(await f.drain("codex-1"), ["next"]);
  });

  check("a commit under a lease that does not settle it leaves it live", async (f) => {
    await f.offerAll(offer("a"));
    const fence = await f.take();
    for (const settle of [undefined, false]) {
      await f.put({ events: [event("goes on")], fence, ...(settle === false ? { settle } : {}) });
      assert.deepEqual(await f.store.beat([fence]), [true]);
    }
    await f.put({ fence, settle: true });
    const late: Commit = { stream: "main", expected: 0, events: [event("late")], fence };
    assert.equal(await f.store.commit(late), "stale");
    assert.deepEqual(await f.store.load("main"), []);
  });

  check("a commit that is both stale and a conflict is stale", async (f) => {
    await f.offerAll(offer("a"));
    const fence = await f.take();
    await f.put({ fence, settle: true });
    assert.equal(await f.store.commit({ stream: "main", expected: 9, events: [], fence }), "stale");
  });

  check("a lease with another fence, id or queue than was given is not live", async (f) => {
    await f.offerAll(offer("a"), offer("b"));
    const lease = await f.take();
    const other = await f.take();
    const forged = [
      { ...lease, fence: other.fence },
      { ...lease, fence: other.fence + 1 },
      { ...lease, id: "b" },
      { ...lease, queue: "codex-1" },
    ];
    assert.deepEqual(await f.store.beat([lease, ...forged]), [true, false, false, false, false]);
    for (const fence of forged) {
      const commit: Commit = { stream: "main", expected: 0, events: [event("forged")], fence };
      assert.equal(await f.store.commit({ ...commit, settle: true }), "stale");
    }
    assert.deepEqual(await f.store.beat([lease, other]), [true, true]);
  });

  check("a fence is never given twice, and later ones are higher", async (f) => {
    const fences: number[] = [];
    for (const id of ["a", "b", "c", "d"]) {
      await f.offerAll(offer(id));
      const fence = await f.take("claude-1", id);
      fences.push(fence.fence);
      if (id === "a") await f.put({ fence, settle: true });
      if (id === "b") await f.put({ retract: [fence] });
      if (id === "c") await f.store.reap(f.clock.now(), ["c"]);
    }
    await using later = await f.reopen();
    await f.offerAll(offer("e"));
    fences.push((await later.claim("claude-1", "host-a"))?.fence ?? 0);
    const ascending = [...new Set(fences)].sort((a, b) => a - b);
    assert.deepEqual(fences, ascending);
  });

  check("a silent lease is ended by reap, returned once, and gone from its queue", async (f) => {
    await f.offerAll(offer("a", { data: { n: 1 } }), offer("b"));
    const lost = await f.take();
    f.clock.advance(leaseMs - 1);
    const kept = await f.take();
    assert.deepEqual(await f.store.reap(f.clock.now()), [], "not silent for long enough");
    f.clock.advance(1);
    assert.deepEqual(await f.store.reap(f.clock.now()), [lost]);
    assert.deepEqual(await f.store.reap(f.clock.now()), []);
    assert.deepEqual(await f.store.beat([lost, kept]), [false, true]);
    assert.deepEqual(await f.drain(), []);
  });

  check("a zombie is fenced off from work that was offered again", async (f) => {
    await f.offerAll(offer("T-1/1"));
    const zombie = await f.take("claude-1", "host-a");
    f.clock.advance(leaseMs);
    await f.store.reap(f.clock.now());
    await f.offerAll(offer("T-1/2"));
    const heir = await f.take("claude-1", "host-b");
    const commit: Commit = { stream: "main", expected: 0, events: [event("done")], fence: zombie };
    assert.equal(await f.store.commit({ ...commit, settle: true }), "stale");
    assert.equal(await f.store.commit({ ...commit, fence: heir, settle: true }), "ok");
    assert.deepEqual(await f.store.load("main"), [event("done")]);
  });

  check("a beaten lease is kept, and is silent only after another lease time", async (f) => {
    await f.offerAll(offer("a"));
    const lease = await f.take();
    for (let beats = 0; beats < 3; beats += 1) {
      f.clock.advance(leaseMs - 1);
      assert.deepEqual(await f.store.beat([lease]), [true]);
      assert.deepEqual(await f.store.reap(f.clock.now()), []);
    }
    f.clock.advance(leaseMs);
    const [reaped] = await f.store.reap(f.clock.now());
    assert.deepEqual(reaped, { ...lease, expiresAt: f.clock.now() });
  });

  check("a silent lease that nobody has reaped may still beat and settle", async (f) => {
    await f.offerAll(offer("a"));
    const fence = await f.take();
    f.clock.advance(3 * leaseMs);
    assert.deepEqual(await f.store.beat([fence]), [true]);
    assert.deepEqual(await f.store.reap(f.clock.now()), []);
    f.clock.advance(3 * leaseMs);
    await f.put({ fence, settle: true });
  });

  check("reap measures silence by the time that it is given", async (f) => {
    await f.offerAll(offer("a"));
    const lease = await f.take();
    assert.deepEqual(await f.store.reap(lease.expiresAt - 1), []);
    assert.deepEqual(await f.store.reap(lease.expiresAt), [lease]);
  });

  check("reap ends the leases of dead runners at once, and no others", async (f) => {
    await f.offerAll(offer("a"), offer("b"), offer("c"), offer("d", { queue: "codex-1" }));
    // Offered last and claimed first: leases come back in the order of their claims.
    const first = await f.take("codex-1", "dead-1");
    const second = await f.take("claude-1", "dead-1");
    const kept = await f.take("claude-1", "host-a");
    const third = await f.take("claude-1", "dead-2");
    const dead = ["dead-1", "dead-2", "never-seen"];
    assert.deepEqual(await f.store.reap(f.clock.now(), dead), [first, second, third]);
    assert.deepEqual(await f.store.beat([first, second, third, kept]), [false, false, false, true]);
    assert.deepEqual(await f.store.reap(f.clock.now(), dead), []);
  });

  check("beating no leases, and reaping none, is no error", async ({ store, clock }) => {
    assert.deepEqual(await store.beat([]), []);
    assert.deepEqual(await store.reap(clock.now(), []), []);
  });

  check("what was committed, offered and leased is there after opening again", async (f) => {
    await f.store.commit({
      stream: "main",
      expected: 0,
      events: [event("a")],
      offers: [offer("a"), offer("b"), offer("c")],
    });
    const settled = await f.take();
    const lease = await f.take();
    await f.put({ fence: settled, settle: true });
    await using later = await f.reopen();
    assert.deepEqual(await later.load("main"), [event("a")]);
    assert.deepEqual((await later.depth())["claude-1"], { ready: 1, leased: 1, delayed: 0 });
    assert.deepEqual(await later.beat([settled, lease]), [false, true]);
  });
}

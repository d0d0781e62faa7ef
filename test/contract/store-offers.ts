/** The part of the store's contract that speaks of offers, claims and depth. */

import assert from "node:assert/strict";
import type { Commit, Lease } from "../../src/domain/commit.ts";
import { leaseMs, type Store } from "../../src/store/store.ts";
import { type Check, event, offer } from "./store-fixture.ts";

export function describeOffers(check: Check): void {
  check("a queue that nothing was offered to gives null", async ({ store }) => {
    assert.equal(await store.claim("claude-1", "host-a"), null);
  });

  check("a claim gives the offer's data, its runner, and the time until it expires", async (f) => {
    const data = { task: "T-1", deep: [1, 2.5, null, { "a b": "É" }] };
    await f.offerAll(offer("a", { data }));
    const { fence, ...lease } = await f.take("claude-1", "host-b");
    assert.deepEqual(lease, {
      queue: "claude-1",
      id: "a",
      runner: "host-b",
      data,
      expiresAt: f.clock.now() + leaseMs,
    });
    assert.ok(Number.isSafeInteger(fence));
  });

  check("higher priorities go first, equal ones in the order of their offers", async (f) => {
    await f.offerAll(offer("b1", { priority: 1 }), offer("a", { priority: -3 }));
    await f.offerAll(offer("c", { priority: 2.5 }), offer("b2", { priority: 1 }));
    assert.deepEqual(await f.drain(), ["c", "b1", "b2", "a"]);
  });

  check("an offer is seen in its own queue only, and claimed once", async (f) => {
    await f.offerAll(offer("same", { data: 1 }), offer("same", { queue: "codex-1", data: 2 }));
    assert.equal((await f.take("codex-1")).data, 2);
    assert.equal((await f.take("claude-1")).data, 1);
    assert.equal(await f.store.claim("codex-1", "host-a"), null);
    assert.equal(await f.store.claim("claude-1", "host-a"), null);
  });

  check("an offer is hidden until its time, then it is there", async (f) => {
    const notBefore = f.clock.now() + 50;
    await f.offerAll(offer("late", { notBefore, priority: 9 }), offer("now"));
    assert.deepEqual(await f.drain(), ["now"]);
    f.clock.advance(49);
    assert.deepEqual(await f.drain(), []);
    f.clock.advance(1);
    assert.deepEqual(await f.drain(), ["late"]);
  });

  check("offering an id again changes nothing, in whatever state it is", async (f) => {
    const again = offer("a", { priority: 5, data: "again" });
    await f.offerAll(offer("a", { data: "first" }), again);
    await f.offerAll(again);
    const lease = await f.take();
    assert.equal(lease.data, "first");
    await f.offerAll(again);
    assert.deepEqual(await f.drain(), [], "while it is leased");
    await f.put({ fence: lease, settle: true });
    await f.offerAll(again);
    assert.deepEqual(await f.drain(), [], "after it was settled");
    await f.offerAll(offer("b"));
    await f.put({ retract: [{ queue: "claude-1", id: "b" }] });
    await f.offerAll(offer("b"));
    assert.deepEqual(await f.drain(), [], "after it was retracted");
    await f.offerAll(offer("c"));
    await f.take("claude-1", "dead");
    await f.store.reap(f.clock.now(), ["dead"]);
    await f.offerAll(offer("c"));
    assert.deepEqual(await f.drain(), [], "after it was reaped");
  });

  check("what is retracted before it is claimed is gone", async (f) => {
    await f.offerAll(offer("a"), offer("b"), offer("a", { queue: "codex-1" }));
    await f.put({ retract: [{ queue: "claude-1", id: "a" }] });
    assert.deepEqual(await f.drain(), ["b"]);
    assert.deepEqual(await f.drain("codex-1"), ["a"]);
  });

  check("what is retracted while it is leased is lost to its runner", async (f) => {
    await f.offerAll(offer("a"));
    const fence = await f.take();
    await f.put({ retract: [{ queue: "claude-1", id: "a" }] });
    assert.deepEqual(await f.store.beat([fence]), [false]);
    const late: Commit = { stream: "main", expected: 0, events: [event("late")], fence };
    assert.equal(await f.store.commit(late), "stale");
    assert.deepEqual(await f.store.reap(f.clock.now() + leaseMs), []);
    assert.deepEqual(await f.drain(), []);
  });

  check("what one commit offers and retracts is gone", async (f) => {
    await f.put({ offers: [offer("a")], retract: [{ queue: "claude-1", id: "a" }] });
    assert.deepEqual(await f.drain(), []);
  });

  check("retracting what was never offered changes nothing", async (f) => {
    await f.put({ retract: [{ queue: "claude-1", id: "a" }] });
    await f.offerAll(offer("a"));
    assert.deepEqual(await f.drain(), ["a"]);
  });

  check("four claimants over 200 offers get each of them once", async (f) => {
    await f.offerAll(...Array.from({ length: 200 }, (_, n) => offer(`o-${n}`)));
    await using second = await f.reopen();
    await using third = await f.reopen();
    await using fourth = await f.reopen();
    const claimAll = async (store: Store, runner: string) => {
      const leases: Lease[] = [];
      for (;;) {
        const lease = await store.claim("claude-1", runner);
        if (lease === null) return leases;
        leases.push(lease);
      }
    };
    const stores = [f.store, second, third, fourth];
    const taken = await Promise.all(stores.map((store, n) => claimAll(store, `host-${n}`)));
    const leases = taken.flat();
    assert.equal(leases.length, 200);
    assert.equal(new Set(leases.map((lease) => lease.id)).size, 200);
    assert.equal(new Set(leases.map((lease) => lease.fence)).size, 200);
    for (const [n, own] of taken.entries()) {
      assert.ok(own.length > 0, `claimant ${n} got nothing`);
      assert.ok(own.every((lease) => lease.runner === `host-${n}`));
    }
  });

  check("depth counts per queue what is ready, leased and delayed", async (f) => {
    const notBefore = f.clock.now() + 1000;
    await f.offerAll(offer("a"), offer("b"), offer("c"), offer("d"), offer("e", { notBefore }));
    await f.offerAll(offer("x", { queue: "__proto__" }));
    await f.take();
    await f.put({ fence: await f.take(), settle: true });
    const depth = await f.store.depth();
    assert.deepEqual(depth["claude-1"], { ready: 2, leased: 1, delayed: 1 });
    assert.deepEqual(Object.entries(depth).find(([queue]) => queue === "__proto__")?.[1], {
      ready: 1,
      leased: 0,
      delayed: 0,
    });
    f.clock.advance(1000);
    assert.deepEqual((await f.store.depth())["claude-1"], { ready: 3, leased: 1, delayed: 0 });
  });
}

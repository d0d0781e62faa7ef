/**
 * The contract of the store and its archive as tests. Every implementation is held to them:
 * `storeContract(name, open)` registers them over the stores that `open` makes.
 */

import assert from "node:assert/strict";
import { describe } from "node:test";
import type { BlobHash } from "../../src/domain/id.ts";
import { type Check, checkOver, event, type OpenStore, offer } from "./store-fixture.ts";
import { describeLeases } from "./store-leases.ts";
import { describeOffers } from "./store-offers.ts";

export function storeContract(name: string, open: OpenStore): void {
  const check = checkOver(open);
  describe(`${name}: events`, () => describeEvents(check));
  describe(`${name}: offers and claims`, () => describeOffers(check));
  describe(`${name}: leases`, () => describeLeases(check));
  describe(`${name}: archive`, () => describeArchive(check));
}

function describeEvents(check: Check): void {
  check("a stream that nothing was written to is empty", async ({ store }) => {
    assert.deepEqual(await store.load("main"), []);
    assert.deepEqual(await store.load("main", 7), []);
  });

  check("events come back as they were, in order, each stream its own", async ({ store }) => {
    const odd = event('quotes " and \\, a line\nbreak, a \u0000, É, 🧪, and a lone \ud800');
    assert.equal(
      await store.commit({ stream: "main", expected: 0, events: [event("a"), odd] }),
      "ok",
    );
    assert.equal(await store.commit({ stream: "other", expected: 0, events: [event("x")] }), "ok");
    assert.equal(await store.commit({ stream: "main", expected: 2, events: [event("c")] }), "ok");
    assert.deepEqual(await store.load("main"), [event("a"), odd, event("c")]);
    assert.deepEqual(await store.load("other"), [event("x")]);
  });

  check("load gives the events after number n", async ({ store }) => {
    const events = ["a", "b", "c"].map(event);
    await store.commit({ stream: "main", expected: 0, events });
    for (const after of [0, 1, 2, 3, 4]) {
      assert.deepEqual(await store.load("main", after), events.slice(after));
    }
  });

  check(
    "another number of events than expected is a conflict, which changes nothing",
    async (f) => {
      await f.offerAll(offer("held"), offer("kept"));
      const fence = await f.take();
      await f.store.commit({ stream: "main", expected: 0, events: [event("a")] });
      for (const expected of [0, 2]) {
        const outcome = await f.store.commit({
          stream: "main",
          expected,
          events: [event("lost")],
          fence,
          settle: true,
          offers: [offer("lost")],
          retract: [{ queue: "claude-1", id: "kept" }],
        });
        assert.equal(outcome, "conflict");
      }
      assert.deepEqual(await f.store.load("main"), [event("a")]);
      assert.deepEqual(await f.store.beat([fence]), [true]);
      assert.deepEqual(await f.drain(), ["kept"]);
    },
  );

  check("a commit without events is checked like any other", async ({ store, drain }) => {
    const offers = [offer("a")];
    assert.equal(
      await store.commit({ stream: "main", expected: 1, events: [], offers }),
      "conflict",
    );
    assert.equal(await store.commit({ stream: "main", expected: 0, events: [], offers }), "ok");
    assert.deepEqual(await drain(), ["a"]);
  });

  check("of two commits that expect the same, one is a conflict", async ({ store, reopen }) => {
    await using other = await reopen();
    const outcomes = await Promise.all([
      store.commit({ stream: "main", expected: 0, events: [event("here")] }),
      other.commit({ stream: "main", expected: 0, events: [event("there")] }),
    ]);
    assert.deepEqual([...outcomes].sort(), ["conflict", "ok"]);
    const winner = outcomes[0] === "ok" ? "here" : "there";
    assert.deepEqual(await other.load("main"), [event(winner)]);
  });
}

function describeArchive(check: Check): void {
  check("texts come back by their hashes, which keep the order of the texts", async ({ store }) => {
    const texts = ["brief\n", "", "a \u0000 and É 🧪", "x".repeat(200_000)];
    const hashes = await store.put(texts);
    assert.equal(new Set(hashes).size, texts.length);
    for (const [n, hash] of hashes.entries()) {
      assert.equal(await store.get(hash), texts[n]);
    }
  });

  check("the hash of a text is the SHA-256 of its UTF-8 bytes", async ({ store }) => {
    assert.deepEqual(await store.put(["abc", ""]), [
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]);
  });

  check("the same text twice is one blob", async ({ store }) => {
    const [first, other, second] = await store.put(["same", "other", "same"]);
    assert.equal(first, second);
    assert.notEqual(first, other);
    assert.deepEqual(await store.put(["same"]), [first]);
  });

  check("a hash that was never put gives null", async ({ store }) => {
    // A well-formed hash of nothing that was put.
    assert.equal(await store.get("0".repeat(64) as BlobHash), null);
  });

  check("a stream has at most one snapshot, the last that was written", async (f) => {
    assert.equal(await f.store.readSnapshot("main"), null);
    await f.store.writeSnapshot("main", { seq: 1, version: "1", data: "one" });
    const last = { seq: 2, version: "2", data: '{"two": "\u0000É"}' };
    await f.store.writeSnapshot("main", last);
    assert.equal(await f.store.readSnapshot("other"), null);
    await using later = await f.reopen();
    assert.deepEqual(await later.readSnapshot("main"), last);
  });
}

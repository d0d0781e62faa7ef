/**
 * A session over a protocol, whatever its lines tell and whenever it is interrupted, answered and
 * closed: each prompt that was accepted has one turn, and all that is told lies within one.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AgentEvent, Receipt } from "../../src/agents/driver.ts";
import type { Fact } from "../../src/agents/protocol/line.ts";
import {
  asking,
  type Manner,
  over,
  promptOf,
  SessionStage,
  stopMs,
} from "../unit/agents/protocol/fake-line.ts";
import { settle } from "../unit/control/manual-clock.ts";

type Deed =
  | { readonly does: "send"; readonly id: string; readonly kind: "task" | "feedback" }
  | { readonly does: "tell"; readonly facts: readonly Fact[] }
  | { readonly does: "settle"; readonly taken: boolean }
  | { readonly does: "answer"; readonly askId: string }
  | { readonly does: "interrupt" }
  | { readonly does: "dispose" }
  | { readonly does: "pass"; readonly ms: number }
  | { readonly does: "wait" };

const askIds = ["A-1", "A-2"] as const;

const fact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Fact>({ type: "activity", says: "Working" }) },
  fc.constant<Fact>({ type: "output", text: "Working\n" }),
  fc.constantFrom(...askIds).map(asking),
  fc.constantFrom(...askIds).map((askId): Fact => ({ type: "ask_gone", askId, says: "answered" })),
  fc.constant<Fact>({ type: "usage", usage: { outputTokens: 1 } }),
  fc.constant<Fact>({ type: "limit", limit: { kind: "rate", until: null, says: "Too fast" } }),
  fc.constant<Fact>({ type: "retrying", says: "Again" }),
  { weight: 2, arbitrary: fc.constant(over) },
  fc.constant<Fact>({ type: "over", end: { result: "failed", why: "it broke" }, says: "" }),
  fc.constant<Fact>({ type: "gone", why: "it exited with 1" }),
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("send" as const),
      id: fc.constantFrom("P-1", "P-2", "P-3"),
      kind: fc.constantFrom("task" as const, "feedback" as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("tell" as const),
      facts: fc.array(fact, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant<Deed>({ does: "wait" }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("settle" as const), taken: fc.boolean() }),
  },
  fc.constantFrom(...askIds).map((askId): Deed => ({ does: "answer", askId })),
  fc.constant<Deed>({ does: "interrupt" }),
  fc.constantFrom(1, 300, stopMs).map((ms): Deed => ({ does: "pass", ms })),
  fc.constant<Deed>({ does: "dispose" }),
);

const taken: fc.Arbitrary<Manner["gives"]> = fc.constantFrom<Manner["gives"][]>(
  { taken: true },
  { taken: false, why: "it is busy" },
  "waits",
);
const manner: fc.Arbitrary<Manner> = fc.record({
  gives: taken,
  answers: taken,
  clears: fc.constantFrom(true, false, "waits" as const),
  stops: fc.constantFrom("over", "nothing", "waits"),
  settlesAtEnd: fc.boolean(),
});

describe("a session over a protocol", () => {
  test("tells each accepted prompt as one turn, and what comes of it within", async () => {
    await fc.assert(
      fc.asyncProperty(
        manner,
        fc.constantFrom("ask" as const, "edits" as const),
        fc.array(deed, { maxLength: 25 }),
        async (how, autonomy, deeds) => {
          const at = await SessionStage.open(how, autonomy);
          const receipts = new Map<string, Receipt[]>();
          const pending: Promise<unknown>[] = [];
          for (const one of deeds) pending.push(...(await carryOut(one, at, receipts)));
          const closed = at[Symbol.asyncDispose]();
          // Whoever waits for a turn to stop has waited long enough.
          await at.clock.pass(2 * stopMs);
          await closed;
          await Promise.all(pending);
          check(at.events, receipts);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** What it has begun and what goes on. */
async function carryOut(
  one: Deed,
  at: SessionStage,
  receipts: Map<string, Receipt[]>,
): Promise<readonly Promise<unknown>[]> {
  switch (one.does) {
    case "send": {
      const sent = at.session.send(promptOf(one.id, one.kind)).then((receipt) => {
        receipts.set(one.id, [...(receipts.get(one.id) ?? []), receipt]);
      });
      return [sent];
    }
    case "tell":
      at.line.tell(...one.facts);
      return [];
    case "settle":
      at.line.settle(one.taken ? { taken: true } : { taken: false, why: "it is busy" });
      return [];
    case "answer":
      return [at.session.answer(one.askId, { choice: "Yes" })];
    case "interrupt":
      return [at.session.interrupt()];
    case "dispose":
      return [at.session[Symbol.asyncDispose]()];
    case "pass":
      await at.clock.pass(one.ms);
      return [];
    case "wait":
      await settle();
      return [];
  }
}

function check(
  events: readonly AgentEvent[],
  receipts: ReadonlyMap<string, readonly Receipt[]>,
): void {
  let running: string | null = null;
  const turns = new Map<string, number>();
  const asks = new Set<string>();
  assert.deepEqual(
    [events[0]?.type, events.findIndex((event) => event.type === "ended")],
    ["ready", events.length - 1],
  );
  for (const event of events) {
    switch (event.type) {
      case "accepted":
        assert.equal(running, null);
        running = event.promptId;
        turns.set(running, (turns.get(running) ?? 0) + 1);
        break;
      case "turn_started":
        assert.equal(event.promptId, running);
        break;
      case "turn_ended":
        assert.equal(event.promptId, running);
        assert.equal(asks.size, 0, "an ask outlives its turn");
        running = null;
        break;
      case "activity":
      case "usage":
      case "limit":
      case "retrying":
        assert.notEqual(running, null, `${event.type} outside of a turn`);
        break;
      case "ask":
        assert(!asks.has(event.ask.id), "an ask is told twice");
        asks.add(event.ask.id);
        break;
      case "ask_closed":
        assert(asks.delete(event.askId), "an ask is closed that was not open");
        break;
      case "ended":
        assert.equal(running, null);
        assert.equal(asks.size, 0);
        break;
      case "ready":
      case "state":
      case "held":
        break;
    }
  }
  for (const [id, of] of receipts) {
    const accepted = of.filter((receipt) => receipt.accepted);
    assert.equal(turns.get(id) ?? 0, accepted.length > 0 ? 1 : 0, `turns of ${id}`);
    // The same receipt however often it is asked for.
    assert(accepted.every((receipt) => receipt === accepted[0]));
  }
}

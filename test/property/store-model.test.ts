/**
 * Whatever is done to a store, in whatever order, the SQLite store answers as the model in memory
 * does, also when it is closed and opened again in between.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { Lease } from "../../src/domain/commit.ts";
import type { Archive } from "../../src/store/archive.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { leaseMs, type Store } from "../../src/store/store.ts";
import { emptyMemory, MemoryStore } from "../contract/memory-store.ts";
import { event, type StoreClock, storeClock } from "../contract/store-fixture.ts";

interface Model {
  readonly store: Store & Archive;
  readonly clock: StoreClock;
  /** Every lease that was ever given: live, settled, retracted and reaped ones. */
  readonly leases: Lease[];
}

/** What is under test. */
interface Real {
  store: Store & Archive;
  open(): Promise<Store & Archive>;
}

interface Step {
  /** As it is printed for a sequence that fails. */
  readonly says: string;
  run(model: Model, real: Real): Promise<void>;
}

/** Few names, so that steps meet each other. */
const stream = fc.constantFrom("main", "other");
const queue = fc.constantFrom("claude-1", "codex-1");
const runner = fc.constantFrom("host-a", "host-b");
const ref = fc.record({ queue, id: fc.constantFrom("T-1/1", "T-1/2", "T-2/1", "T-3/1") });
/** One of the leases that were given, counted from the latest. */
const leaseIndex = fc.nat({ max: 5 });

const offer = fc
  .record({
    ref,
    priority: fc.integer({ min: -1, max: 1 }),
    data: fc.jsonValue({ maxDepth: 1 }),
    delayMs: fc.option(fc.constantFrom(0, 1, leaseMs)),
  })
  .map(({ ref, priority, data, delayMs }) => ({ ...ref, priority, data, delayMs }));

const commitStep = fc
  .record({
    stream,
    /** How far `expected` lies beside the head: mostly right, sometimes not. */
    off: fc.constantFrom(0, 0, 0, 0, 1, -1),
    says: fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
    fence: fc.option(leaseIndex),
    settle: fc.boolean(),
    offers: fc.array(offer, { maxLength: 3 }),
    retract: fc.array(ref, { maxLength: 1 }),
  })
  .map(({ stream, off, says, fence, settle, offers, retract }) =>
    step("commit", { stream, off, says, fence, settle, offers, retract }, async (model, real) => {
      const head = (await model.store.load(stream)).length;
      const lease = fence === null ? undefined : model.leases.at(-1 - fence);
      const now = model.clock.now();
      const commit = {
        stream,
        expected: head + off,
        events: says.map(event),
        ...(lease === undefined ? {} : { fence: lease, settle }),
        offers: offers.map(({ delayMs, ...offer }) => ({
          ...offer,
          // What JSON can hold: -0 is the same number as 0 there.
          data: JSON.parse(JSON.stringify(offer.data)),
          ...(delayMs === null ? {} : { notBefore: now + delayMs }),
        })),
        retract,
      };
      await agree(model, real, (store) => store.commit(commit));
    }),
  );

const claimStep = fc.record({ queue, runner }).map(({ queue, runner }) =>
  step("claim", { queue, runner }, async (model, real) => {
    const lease = await agree(model, real, (store) => store.claim(queue, runner));
    if (lease !== null) model.leases.push(lease);
  }),
);

const beatStep = fc.array(leaseIndex, { maxLength: 3 }).map((indexes) =>
  step("beat", indexes, async (model, real) => {
    const leases = indexes.flatMap((index) => model.leases.at(-1 - index) ?? []);
    await agree(model, real, (store) => store.beat(leases));
  }),
);

const reapStep = fc
  .record({ dead: fc.array(runner, { maxLength: 1 }), lateMs: fc.constantFrom(0, 1, leaseMs) })
  .map(({ dead, lateMs }) =>
    step("reap", { dead, lateMs }, async (model, real) => {
      await agree(model, real, (store) => store.reap(model.clock.now() + lateMs, dead));
    }),
  );

const advanceStep = fc
  .constantFrom(1, leaseMs / 2, leaseMs)
  .map((ms) => step("advance", ms, async (model) => model.clock.advance(ms)));

const lookStep = fc.record({ stream, after: fc.nat({ max: 4 }) }).map(({ stream, after }) =>
  step("look", { stream, after }, async (model, real) => {
    await agree(model, real, (store) => store.load(stream, after));
    await agree(model, real, (store) => store.depth());
  }),
);

const reopenStep = fc.constant(
  step("reopen", null, async (_model, real) => {
    await real.store[Symbol.asyncDispose]();
    real.store = await real.open();
  }),
);

function step(name: string, details: unknown, run: Step["run"]): Step {
  return { says: `${name} ${JSON.stringify(details)}`, run };
}

/** Asks both the same; both must answer the same. */
async function agree<T>(
  model: Model,
  real: Real,
  ask: (store: Store & Archive) => Promise<T>,
): Promise<T> {
  const expected = await ask(model.store);
  assert.deepEqual(await ask(real.store), expected);
  return expected;
}

/** Both hold the same: every stream, every queue, every lease that can still be reaped. */
async function agreeInTheEnd(model: Model, real: Real): Promise<void> {
  for (const name of ["main", "other"]) {
    await agree(model, real, (store) => store.load(name));
  }
  await agree(model, real, (store) => store.depth());
  await agree(model, real, (store) => store.beat(model.leases));
  await agree(model, real, (store) => store.reap(model.clock.now() + leaseMs));
}

const commands = [
  commitStep,
  commitStep,
  commitStep,
  claimStep,
  claimStep,
  beatStep,
  reapStep,
  advanceStep,
  lookStep,
  reopenStep,
].map((steps) =>
  steps.map(
    ({ says, run }): fc.AsyncCommand<Model, Real> => ({
      check: () => true,
      run,
      toString: () => says,
    }),
  ),
);

test("SQLite and the model agree on every sequence of commits, claims, beats and reaps", async () => {
  const directory = await mkdtemp(join(tmpdir(), "temoin-model-"));
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: "max" }), async (steps) => {
        count += 1;
        const path = join(directory, `${count}.db`);
        const clock = storeClock();
        const open = () => openSqliteStore({ path, clock });
        const model = { store: new MemoryStore(emptyMemory(), clock), clock, leases: [] };
        const real: Real = { store: await open(), open };
        try {
          await fc.asyncModelRun(() => ({ model, real }), steps);
          await agreeInTheEnd(model, real);
        } finally {
          await real.store[Symbol.asyncDispose]();
        }
      }),
      { numRuns: 100 },
    );
  } finally {
    await rm(directory, { recursive: true });
  }
});

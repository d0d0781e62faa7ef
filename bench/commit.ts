/**
 * What the store's care costs: durable commits a second, against the same insert by hand. Both on
 * the same disk, turn by turn, so that a slow moment of the disk meets both.
 */

import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Event } from "../src/domain/event.ts";
import { systemClock } from "../src/lib/clock.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import { id } from "../test/task-spec.ts";
import { type Figure, type Measurement, spread, timedAsync } from "./measurement.ts";
import { percentilesOf } from "./percentiles.ts";

const warmUp = 50;
const rounds = 1_000;

export const commit: Measurement = {
  name: "commit",
  about: "one event committed durably, against a raw insert of the same text by node:sqlite",
  async run(say) {
    const folder = await mkdtemp(path.join(os.tmpdir(), "temoin-bench-"));
    try {
      say(`${rounds} commits of each kind, by turns`);
      return await measure(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(folder: string): Promise<readonly Figure[]> {
  await using store = await openSqliteStore({
    path: path.join(folder, "store.db"),
    clock: systemClock,
  });
  const raw = openRaw(path.join(folder, "raw.db"));
  const byStore: number[] = [];
  const byHand: number[] = [];
  try {
    for (let round = 0; round < warmUp + rounds; round += 1) {
      const event = eventOf(round);
      const viaStore = () => store.commit({ stream: "project", expected: round, events: [event] });
      const viaHand = async () => raw.insert(round + 1, JSON.stringify(event));
      // Who comes second finds the disk as the first has left it: they take turns at that too.
      const isStoreFirst = round % 2 === 0;
      const before = isStoreFirst ? null : await timedAsync(viaHand);
      const stored = await timedAsync(viaStore);
      const inserted = before ?? (await timedAsync(viaHand));
      if (stored.result !== "ok") throw new Error(`commit ${round}: ${stored.result}`);
      if (round < warmUp) continue;
      byStore.push(stored.ms);
      byHand.push(inserted.ms);
    }
  } finally {
    raw.close();
  }
  const count = rounds;
  const sumRatio = sum(byStore) / sum(byHand);
  const medianRatio = percentilesOf(byStore).p50 / percentilesOf(byHand).p50;
  const rate = (tooks: readonly number[]): number => (rounds / sum(tooks)) * 1_000;
  return [
    { what: "the store, commits a second", unit: "1/s", value: rate(byStore), atMost: null, count },
    { what: "raw inserts a second", unit: "1/s", value: rate(byHand), atMost: null, count },
    { what: "time of the store to raw, total", unit: "×", value: sumRatio, atMost: null, count },
    { what: "time of the store to raw, p50", unit: "×", value: medianRatio, atMost: null, count },
    ...spread({ what: "one commit", unit: "ms" }, byStore),
    ...spread({ what: "one raw insert", unit: "ms" }, byHand),
  ];
}

/** As durable as the store: a write-ahead log, synced at every commit; one row a transaction. */
function openRaw(file: string) {
  const db = new DatabaseSync(file);
  db.exec("pragma journal_mode = wal; pragma synchronous = full");
  db.exec("create table event (seq integer primary key, data text not null) strict");
  const insert = db.prepare("insert into event (seq, data) values (?, ?)");
  return {
    insert: (seq: number, data: string): void => {
      insert.run(seq, data);
    },
    close: (): void => db.close(),
  };
}

function eventOf(n: number): Event {
  const evidence = [{ at: n, source: "process", says: "the agent has its prompt" }] as const;
  const at = { at: n, by: "temoin", task: id(`Q-${n}`), attempt: 1 } as const;
  return { ...at, type: "attempt_moved", phase: "working", evidence };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

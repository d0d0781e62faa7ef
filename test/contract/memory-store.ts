/**
 * The store and archive in memory: complete and simple, so that it serves as the model of what
 * every implementation must do. It survives nothing.
 */

import { createHash } from "node:crypto";
import type { Commit, CommitOutcome, Lease, Offer, OfferRef } from "../../src/domain/commit.ts";
import type { Event } from "../../src/domain/event.ts";
import type { BlobHash, Instant } from "../../src/domain/id.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { Archive, Snapshot } from "../../src/store/archive.ts";
import { type Depth, leaseMs, type Store } from "../../src/store/store.ts";

interface Entry {
  readonly offer: Offer;
  state: "ready" | "leased" | "ended";
  lease: Lease | null;
}

/** What several memory stores may share, as processes share a file. */
export interface Memory {
  readonly streams: Map<string, Event[]>;
  /** In the order in which they were offered; those that have ended stay. */
  readonly entries: Entry[];
  readonly texts: Map<BlobHash, string>;
  readonly snapshots: Map<string, Snapshot>;
  fence: number;
}

export function emptyMemory(): Memory {
  return {
    streams: new Map(),
    entries: [],
    texts: new Map(),
    snapshots: new Map(),
    fence: 0,
  };
}

export class MemoryStore implements Store, Archive {
  readonly #memory: Memory;
  readonly #clock: Pick<Clock, "now">;

  constructor(memory: Memory, clock: Pick<Clock, "now">) {
    this.#memory = memory;
    this.#clock = clock;
  }

  async load(stream: string, after = 0): Promise<readonly Event[]> {
    return structuredClone(this.#events(stream).slice(after));
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    const { stream, expected, events, fence, settle, offers = [], retract = [] } = commit;
    if (fence !== undefined && this.#held(fence) === undefined) return "stale";
    if (this.#events(stream).length !== expected) return "conflict";
    this.#memory.streams.set(stream, [...this.#events(stream), ...structuredClone(events)]);
    if (fence !== undefined && settle) this.#end(fence);
    for (const offer of offers) {
      if (this.#entry(offer) !== undefined) continue;
      this.#memory.entries.push({ offer: structuredClone(offer), state: "ready", lease: null });
    }
    for (const ref of retract) this.#end(ref);
    return "ok";
  }

  async claim(queue: string, runner: string): Promise<Lease | null> {
    const ready = this.#memory.entries.filter(
      (entry) => entry.offer.queue === queue && entry.state === "ready" && !this.#isDelayed(entry),
    );
    // Sorting is stable: equal priorities keep their order.
    const [entry] = ready.sort((a, b) => b.offer.priority - a.offer.priority);
    if (entry === undefined) return null;
    const { id, data } = entry.offer;
    const expiresAt = this.#clock.now() + leaseMs;
    this.#memory.fence += 1;
    entry.state = "leased";
    entry.lease = { queue, id, fence: this.#memory.fence, runner, expiresAt, data };
    return structuredClone(entry.lease);
  }

  async beat(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return leases.map((lease) => {
      const entry = this.#held(lease);
      if (entry === undefined || entry.lease === null) return false;
      entry.lease = { ...entry.lease, expiresAt: this.#clock.now() + leaseMs };
      return true;
    });
  }

  async reap(now: Instant, deadRunners: readonly string[] = []): Promise<readonly Lease[]> {
    const lost: Lease[] = [];
    for (const { state, lease } of this.#memory.entries) {
      if (state !== "leased" || lease === null) continue;
      if (lease.expiresAt <= now || deadRunners.includes(lease.runner)) lost.push(lease);
    }
    for (const lease of lost) this.#end(lease);
    return structuredClone(lost.sort((a, b) => a.fence - b.fence));
  }

  async depth(): Promise<Readonly<Record<string, Depth>>> {
    const depths = new Map<string, Depth>();
    for (const entry of this.#memory.entries) {
      if (entry.state === "ended") continue;
      const { queue } = entry.offer;
      const depth = depths.get(queue) ?? { ready: 0, leased: 0, delayed: 0 };
      const kind = entry.state === "leased" || !this.#isDelayed(entry) ? entry.state : "delayed";
      depths.set(queue, { ...depth, [kind]: depth[kind] + 1 });
    }
    return Object.fromEntries(depths);
  }

  async put(texts: readonly string[]): Promise<readonly BlobHash[]> {
    return texts.map((text) => {
      // A hash of a text is what the brand stands for.
      const hash = createHash("sha256").update(text).digest("hex") as BlobHash;
      this.#memory.texts.set(hash, text);
      return hash;
    });
  }

  async get(hash: BlobHash): Promise<string | null> {
    return this.#memory.texts.get(hash) ?? null;
  }

  async readSnapshot(stream: string): Promise<Snapshot | null> {
    return this.#memory.snapshots.get(stream) ?? null;
  }

  async writeSnapshot(stream: string, snapshot: Snapshot): Promise<void> {
    this.#memory.snapshots.set(stream, { ...snapshot });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #events(stream: string): readonly Event[] {
    return this.#memory.streams.get(stream) ?? [];
  }

  #entry({ queue, id }: OfferRef): Entry | undefined {
    return this.#memory.entries.find(({ offer }) => offer.queue === queue && offer.id === id);
  }

  /** The entry, when that very lease on it is live. */
  #held(lease: Lease): Entry | undefined {
    const entry = this.#entry(lease);
    const isLive = entry?.state === "leased" && entry.lease?.fence === lease.fence;
    return isLive ? entry : undefined;
  }

  #isDelayed({ offer }: Entry): boolean {
    return (offer.notBefore ?? 0) > this.#clock.now();
  }

  #end(ref: OfferRef): void {
    const entry = this.#entry(ref);
    if (entry !== undefined) entry.state = "ended";
  }
}

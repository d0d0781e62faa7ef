/**
 * The store in one SQLite file, for one machine. Each verb is one transaction, applied in one
 * synchronous turn and synced to the disk before it resolves. Several processes may have the file
 * open; they take turns.
 *
 * What a person can repair (a full disk, a folder without rights, a newer schema) rejects with an
 * AppError; then nothing of the call has happened, and the store can be used on.
 */

import assert from "node:assert";
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Commit, CommitOutcome, Lease } from "../domain/commit.ts";
import type { Event } from "../domain/event.ts";
import type { BlobHash, Instant } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { explainSqlite } from "../lib/sqlite-error.ts";
import type { Archive, Snapshot } from "./archive.ts";
import { type Blobs, openBlobs } from "./blobs.ts";
import { openDatabase, openDatabaseReadOnly } from "./database.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import { openQueue, type Queue } from "./queue.ts";
import { openSnapshots, type Snapshots } from "./snapshots.ts";
import { type Depth, leaseMs, type Store } from "./store.ts";
import { transact } from "./transaction.ts";

export interface SqliteStoreOptions {
  readonly path: string;
  /** What leases and delayed offers are measured by. */
  readonly clock: Pick<Clock, "now">;
}

/** What can be looked at while another process writes. */
export type StoreReader = Pick<Store, "load"> &
  Pick<Archive, "get" | "readSnapshot"> &
  AsyncDisposable;

/** Makes the file and its folder when there are none. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store & Archive> {
  const { path, clock } = options;
  return explainSqlite(
    { doing: "open the store", path },
    () => new SqliteStore(openDatabase(path), path, clock),
  );
}

/** `null` when nothing was ever stored at `path`; it makes no store. */
export async function openSqliteStoreReadOnly(options: {
  readonly path: string;
}): Promise<StoreReader | null> {
  const { path } = options;
  return explainSqlite({ doing: "open the store", path }, () => {
    const db = openDatabaseReadOnly(path);
    return db === null ? null : new SqliteReader(db, path);
  });
}

class SqliteReader implements StoreReader {
  protected readonly db: DatabaseSync;
  protected readonly path: string;
  protected readonly log: EventLog;
  protected readonly blobs: Blobs;
  protected readonly snapshots: Snapshots;

  constructor(db: DatabaseSync, path: string) {
    this.db = db;
    this.path = path;
    this.log = openEventLog(db);
    this.blobs = openBlobs(db);
    this.snapshots = openSnapshots(db);
  }

  async load(stream: string, after = 0): Promise<readonly Event[]> {
    return this.read(() => this.log.read(stream, after));
  }

  async get(hash: BlobHash): Promise<string | null> {
    return this.read(() => this.blobs.get(hash));
  }

  async readSnapshot(stream: string): Promise<Snapshot | null> {
    return this.read(() => this.snapshots.read(stream));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.db.isOpen) this.db.close();
  }

  protected read<T>(act: () => T): T {
    return explainSqlite({ doing: "read the store", path: this.path }, act);
  }
}

/** Over a database that `openDatabase` has opened, and that it closes. */
export class SqliteStore extends SqliteReader implements Store, Archive {
  readonly #queue: Queue;
  readonly #clock: Pick<Clock, "now">;
  readonly #inode: number | undefined;

  constructor(db: DatabaseSync, path: string, clock: Pick<Clock, "now">) {
    super(db, path);
    this.#queue = openQueue(db);
    this.#clock = clock;
    this.#inode = findInode(path);
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    const { stream, expected, events, fence, settle = false, offers = [], retract = [] } = commit;
    assert(fence !== undefined || !settle, "a commit that settles must name its lease");
    return this.#write(() => {
      if (fence !== undefined && !this.#queue.isLive(fence)) return "stale";
      if (this.log.head(stream) !== expected) return "conflict";
      for (const [index, event] of events.entries()) {
        this.log.append(stream, expected + index + 1, event);
      }
      if (fence !== undefined && settle) this.#queue.end(fence);
      for (const offer of offers) this.#queue.offer(offer);
      // After the offers: what a commit retracts is gone, also when it offers it itself.
      for (const ref of retract) this.#queue.end(ref);
      return "ok";
    });
  }

  async claim(queue: string, runner: string): Promise<Lease | null> {
    const now = this.#clock.now();
    return this.#write(() => this.#queue.claim({ queue, runner, now, expiresAt: now + leaseMs }));
  }

  async beat(leases: readonly Lease[]): Promise<readonly boolean[]> {
    const expiresAt = this.#clock.now() + leaseMs;
    return this.#write(() => leases.map((lease) => this.#queue.prolong(lease, expiresAt)));
  }

  async reap(now: Instant, deadRunners: readonly string[] = []): Promise<readonly Lease[]> {
    return this.#write(() => {
      const lost = this.#queue.lost(now, deadRunners);
      for (const lease of lost) this.#queue.end(lease);
      return lost;
    });
  }

  async depth(): Promise<Readonly<Record<string, Depth>>> {
    const now = this.#clock.now();
    return this.read(() => this.#queue.depth(now));
  }

  async put(texts: readonly string[]): Promise<readonly BlobHash[]> {
    return this.#write(() => texts.map((text) => this.blobs.put(text)));
  }

  async writeSnapshot(stream: string, snapshot: Snapshot): Promise<void> {
    this.#write(() => this.snapshots.write(stream, snapshot));
  }

  /**
   * Also what is one statement goes through a transaction: node:sqlite steps a statement with
   * `returning` only to its first row and resets it, and a commit that fails there is not reported.
   */
  #write<T>(act: () => T): T {
    if (findInode(this.path) !== this.#inode) throw removed(this.path);
    return explainSqlite({ doing: "write to the store", path: this.path }, () =>
      transact(this.db, act),
    );
  }
}

function findInode(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** A file without a name takes writes as before, and nobody will ever read them (`git clean -fdx`). */
function removed(path: string): AppError {
  return new AppError("failed", `The store \`${path}\` was removed while it was in use.`, {
    hint: "What has landed is in git, what was cut off is on refs/temoin/saved; import the tasks anew.",
  });
}

/**
 * An exclusive lock on a path. The kernel releases it when its process dies, however it dies.
 *
 * The technique: a small SQLite file of its own is held in a write transaction that never writes.
 * Under it lies a POSIX record lock, which belongs to the process: it is gone with the process,
 * and is not inherited by children, so that an orphan cannot hold it. It is taken with
 * `begin immediate`; with `begin exclusive`, two who try at the same moment can both be refused,
 * as each holds a shared lock on its way.
 *
 * Traps of such locks: whoever opens and closes the file by other means in the same process
 * releases the lock, and deleting the file lets a second holder lock its successor. So nobody
 * reads, copies or removes it; it is empty. It does not hold on network file systems.
 */

import { mkdirSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "./clock.ts";
import { explainSqlite, isBusy } from "./sqlite-error.ts";

export interface Lock {
  /** Releases it; the file stays. Safe to repeat. */
  [Symbol.dispose](): void;
}

/**
 * At once: the lock, or `null` when it is held, by this process too. The file and its folders are
 * made. Throws an AppError `disk` when the path cannot be used for a lock.
 */
export function tryLock(path: string): Lock | null {
  return explainSqlite({ doing: "lock", path }, () => {
    mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: 0 });
    try {
      db.exec("begin immediate");
    } catch (error) {
      db.close();
      if (isBusy(error)) return null;
      throw error;
    }
    return {
      [Symbol.dispose]() {
        if (db.isOpen) db.close();
      },
    };
  });
}

/** Between two tries, and how long whoever only looks whether it is held may have it (chosen). */
const retryMs = 20;
const usualWaitMs = 500;

/** `tryLock`, tried again for that long; `null`: it is held all the while. */
export async function takeLock(
  path: string,
  clock: Clock,
  waitMs: number = usualWaitMs,
): Promise<Lock | null> {
  for (let left = waitMs; ; left -= retryMs) {
    const lock = tryLock(path);
    if (lock !== null || left <= 0) return lock;
    await clock.until(clock.now() + retryMs);
  }
}

/** Can it be tried? SQLite takes a lock that it cannot write, as in a sandbox, for one that is free. */
export async function canLock(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "EROFS",
  );
}

/** How the SQLite file of a store is opened: to write, or to look while another process writes. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../lib/app-error.ts";
import { isBusy } from "../lib/sqlite-error.ts";
import { migrate, schemaVersion } from "./migrations.ts";
import { transact } from "./transaction.ts";

/** How long a statement waits for another process. Chosen: our longest write takes under 1 s. */
const busyTimeoutMs = 5000;

/** Chosen: each try that is refused has let another process through. */
const switchTries = 20;

/**
 * For writing; the file and its folder are made, older schemas are brought up. The schema's own
 * refusals are AppErrors; other errors are SQLite's or the file system's.
 */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    useWriteAheadLog(db, path);
    // With WAL, only FULL syncs at every commit: what was acknowledged outlives a power cut.
    db.exec("pragma synchronous = full");
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** For looking while another process may write; `null` when nothing was ever stored there. */
export function openDatabaseReadOnly(path: string): DatabaseSync | null {
  if (!existsSync(path)) return null;
  const db = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
  try {
    const version = schemaVersion(db, path);
    if (version === "current") return db;
    db.close();
    // A file that its writer has made a moment ago, and not filled yet.
    if (version === "empty") return null;
  } catch (error) {
    if (db.isOpen) db.close();
    throw error;
  }
  throw new AppError("failed", `Cannot read the store \`${path}\`: an older temoin wrote it.`, {
    hint: "Start `temoin run` or `temoin up` once: it brings the store up to date.",
  });
}

function useWriteAheadLog(db: DatabaseSync, path: string): void {
  const mode = setWriteAheadLog(db);
  if (mode === "wal") return;
  throw new AppError(
    "disk",
    `Cannot open the store \`${path}\`: its disk allows no write-ahead log (mode ${mode}).`,
    { hint: "Put the repository on a local disk; network file systems cannot hold a store." },
  );
}

/**
 * The switch is refused at once while another process makes the same one; a write transaction
 * waits for that process (met when several opened a new store at the same moment).
 */
function setWriteAheadLog(db: DatabaseSync): unknown {
  for (let tries = 1; ; tries += 1) {
    try {
      return Object.values(db.prepare("pragma journal_mode = wal").get() ?? {})[0];
    } catch (error) {
      if (!isBusy(error) || tries === switchTries) throw error;
      transact(db, () => {});
    }
  }
}

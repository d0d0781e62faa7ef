/** How the SQLite file of a store is opened: to write, or to look while another process writes. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../lib/app-error.ts";
import { migrate, schemaVersion } from "./migrations.ts";

/** How long a statement waits for another process. Chosen: our longest write takes under 1 s. */
const busyTimeoutMs = 5000;

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
  const mode = db.prepare("pragma journal_mode = wal").get();
  if (Object.values(mode ?? {})[0] === "wal") return;
  throw new AppError(
    "disk",
    `Cannot open the store \`${path}\`: its disk keeps no shared memory.`,
    {
      hint: "Put the repository on a local disk; network file systems cannot hold a store.",
    },
  );
}

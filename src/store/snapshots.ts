/** The table `snapshot`: the last one of each stream. */

import type { DatabaseSync } from "node:sqlite";
import type { Snapshot } from "./archive.ts";

/** Statements are prepared once; writes belong into a transaction of the caller. */
export interface Snapshots {
  read(stream: string): Snapshot | null;
  write(stream: string, snapshot: Snapshot): void;
}

export function openSnapshots(db: DatabaseSync): Snapshots {
  const select = db.prepare("select seq, version, data from snapshot where stream = ?");
  const upsert = db.prepare(
    "insert or replace into snapshot (stream, seq, version, data) values (?, ?, ?, ?)",
  );
  return {
    read(stream) {
      // The columns are strict, and only `write` writes them; a row has no prototype, its copy has.
      const row = select.get(stream) as Snapshot | undefined;
      return row === undefined ? null : { ...row };
    },
    write(stream, { seq, version, data }) {
      upsert.run(stream, seq, version, data);
    },
  };
}

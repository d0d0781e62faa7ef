/** The table `blob`: texts by the hash of their UTF-8 bytes, so that none is stored twice. */

import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { BlobHash } from "../domain/id.ts";

/** Statements are prepared once; writes belong into a transaction of the caller. */
export interface Blobs {
  put(text: string): BlobHash;
  get(hash: BlobHash): string | null;
}

export function openBlobs(db: DatabaseSync): Blobs {
  const insert = db.prepare("insert into blob (hash, body) values (?, ?) on conflict do nothing");
  const select = db.prepare("select body from blob where hash = ?");
  return {
    put(text) {
      const hash = blobHash(text);
      insert.run(hash, text);
      return hash;
    },
    get(hash) {
      // The column is strict, and only `put` writes it.
      const row = select.get(hash) as { readonly body: string } | undefined;
      return row?.body ?? null;
    },
  };
}

/** The one place where a text gets its name. */
function blobHash(text: string): BlobHash {
  return createHash("sha256").update(text).digest("hex") as BlobHash;
}

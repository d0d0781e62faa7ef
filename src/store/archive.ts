/**
 * The contract of what is kept beside the log: texts by their hash, which events refer to, and
 * one snapshot of a stream's fold, which may be thrown away at any time.
 */

import type { BlobHash } from "../domain/id.ts";

export interface Snapshot {
  /** The number of events that it has folded. */
  readonly seq: number;
  /** The version of the fold that wrote it; another version's snapshot is not used. */
  readonly version: string;
  readonly data: string;
}

export interface Archive {
  /** Kept, on disk, before it resolves; the same text twice is one blob. Order is kept. */
  put(texts: readonly string[]): Promise<readonly BlobHash[]>;
  get(hash: BlobHash): Promise<string | null>;
  readSnapshot(stream: string): Promise<Snapshot | null>;
  writeSnapshot(stream: string, snapshot: Snapshot): Promise<void>;
}

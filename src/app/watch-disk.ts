/** Looks now and then how much room is left, and tells control: a disk sends no word of it. */

import type { DiskReading, DiskSpace } from "../domain/disk.ts";
import type { Clock } from "../lib/clock.ts";
import { freeBytesAt } from "../lib/disk-space.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import { worktreesDir } from "./places.ts";

/** A look costs some microseconds; what is written meanwhile must fit (chosen). */
const lookMs = 5_000;
/** Work waits for it. */
const lowLookMs = 1_000;

export type ReadDisks = () => Promise<readonly DiskSpace[]>;

/** Where a run writes: the store with all that is kept beside it, and the worktrees. */
export function disksOf(place: ProjectPlace, env: Environment): ReadDisks {
  return async () => {
    const spaces: DiskSpace[] = [];
    for (const dir of new Set([place.stateDir, worktreesDir(env)])) {
      try {
        spaces.push({ dir, freeBytes: await freeBytesAt(dir) });
      } catch {
        // A file system that does not tell: then nobody waits for it.
      }
    }
    return spaces;
  };
}

export interface DiskWatch {
  readonly clock: Clock;
  readonly leastBytes: number;
  readonly read: ReadDisks;
  readonly isLow: () => boolean;
  readonly tell: (reading: DiskReading) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Until the signal, and then it resolves. A reading that changes nothing is told to nobody. */
export async function watchDisk(watch: DiskWatch): Promise<void> {
  const { clock, leastBytes, read, isLow, tell, signal } = watch;
  try {
    for (;;) {
      await clock.until(clock.now() + (isLow() ? lowLookMs : lookMs), signal);
      const spaces = await read();
      if (isLow() || spaces.some(({ freeBytes }) => freeBytes < leastBytes)) {
        await tell({ spaces, leastBytes });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

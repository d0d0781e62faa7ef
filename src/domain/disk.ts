/**
 * Whether there is room on the disks to begin one more attempt. Below what a person wants to have
 * free nothing new begins; what is at work goes on. It begins again when there is a little more.
 */

import type { Draft } from "./draft.ts";
import type { Instant } from "./id.ts";

/** A folder, and what is free on the disk that it lies on. */
export interface DiskSpace {
  readonly dir: string;
  readonly freeBytes: number;
}

export interface LowDisk extends DiskSpace {
  /** What was to be free. */
  readonly leastBytes: number;
  readonly since: Instant;
}

export interface DiskReading {
  readonly spaces: readonly DiskSpace[];
  /** 0: nobody looks. */
  readonly leastBytes: number;
}

/** So much more must be free before work begins again (chosen): it shall not begin and stop in turns. */
const marginShare = 0.1;

export type DiskVerdict =
  | { readonly is: "enough" }
  | { readonly is: "low"; readonly disk: DiskSpace }
  /** As it was. */
  | { readonly is: "same" };

/** By the disk with the least room; a reading of no disk changes nothing. */
export function judgeDisk({ spaces, leastBytes }: DiskReading, wasLow: boolean): DiskVerdict {
  const [disk] = spaces.toSorted((a, b) => a.freeBytes - b.freeBytes);
  if (disk === undefined) return { is: "same" };
  if (!wasLow) return disk.freeBytes < leastBytes ? { is: "low", disk } : { is: "same" };
  return disk.freeBytes >= leastBytes * (1 + marginShare) ? { is: "enough" } : { is: "same" };
}

const inboxKey = "disk";

export function decideDisk(draft: Draft, reading: DiskReading): void {
  const verdict = judgeDisk(reading, draft.state.lowDisk !== null);
  switch (verdict.is) {
    case "same":
      return;
    case "enough":
      draft.emit({ type: "disk_enough" });
      draft.clearInbox(inboxKey);
      return;
    case "low": {
      const { dir, freeBytes } = verdict.disk;
      const { leastBytes } = reading;
      draft.emit({ type: "disk_low", dir, freeBytes, leastBytes });
      draft.inbox({
        key: inboxKey,
        kind: "disk",
        task: null,
        says: lowDiskText({ dir, freeBytes, leastBytes }),
        next: "make room there (temoin clean lists what nothing needs): the run goes on by itself",
      });
    }
  }
}

export function lowDiskText({ dir, freeBytes, leastBytes }: Omit<LowDisk, "since">): string {
  const least = `\`disk.free\` is ${bytesText(leastBytes)}`;
  return `only ${bytesText(freeBytes)} are free under ${dir}, and ${least}: no new attempt begins`;
}

const units = ["KiB", "MiB", "GiB", "TiB"] as const;

/** `0 bytes`, `256 MiB`, `1.5 GiB`: rounded down, since it is told of what is too little. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${Math.max(0, Math.floor(bytes))} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  const count = Math.floor((bytes / 1024 ** power) * 10) / 10;
  return `${count >= 100 ? Math.floor(count) : count} ${units[power - 1]}`;
}

/** The only place where the time of day is read and where timers are set. */

import { setTimeout as sleepFor } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Resolves at `instant`, at once if it has passed; rejects with the signal's reason. */
  until(instant: number, signal?: AbortSignal): Promise<void>;
}

/** setTimeout overflows beyond 2^31-1 ms and then fires at once. */
const longestTimerMs = 2_147_000_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  async until(instant, signal) {
    for (;;) {
      const leftMs = instant - Date.now();
      if (leftMs <= 0) return;
      await sleepFor(Math.min(leftMs, longestTimerMs), undefined, signal ? { signal } : {});
    }
  },
};

/**
 * The only place where the time of day is read and where timers are set. There are two clocks: what
 * the machine shows, which a person or the network may set at any instant, and time as it passes.
 */

import { setTimeout as sleepFor } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /**
   * Resolves at `instant`, at once if it has passed, and at the latest when so much time is over as
   * was left at the call: where the clock was set back meanwhile, it is not there yet. Rejects with
   * the signal's reason.
   */
  until(instant: number, signal?: AbortSignal): Promise<void>;
  /** What shows the time of day, where this one tells time as it passes; absent: this one. */
  readonly calendar?: Clock;
}

/**
 * A clock that is set ahead, and a machine that sleeps, wake nobody: so often it is looked at
 * (chosen). It also keeps timers below 2^31 ms, beyond which they would fire at once.
 */
const lookMs = 30_000;

function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** What the machine shows: for times of day. */
export const systemClock: Clock = clockOf(() => Date.now());

/** What `show` tells is the time of day. */
export function clockOf(show: () => number): Clock {
  return {
    now: show,
    async until(instant, signal) {
      // Both are rounded: by a millisecond it would be too early else.
      const atLatest = steadyNow() + (instant - show()) + 1;
      for (;;) {
        const leftMs = Math.min(instant - show(), atLatest - steadyNow());
        if (leftMs <= 0) return;
        await sleepFor(Math.min(leftMs, lookMs), undefined, signal ? { signal } : {});
      }
    },
  };
}

/**
 * Time as it passes, for lengths of time: it begins with what `calendar` shows, and what is done to
 * that changes nothing in it. While the machine sleeps it stands.
 */
export function steadyBeside(calendar: Clock): Clock {
  const ahead = calendar.now() - steadyNow();
  return { ...clockOf(() => steadyNow() + ahead), calendar };
}

/** Less is no jump: two clocks of a machine run apart a little (chosen). */
const leastJumpMs = 1_000;

/** How far the time of day is ahead of the clock by now, where one of the two was set. */
function aheadMs({ now, calendar }: Clock): number {
  const ms = calendar === undefined ? 0 : calendar.now() - now();
  return Math.abs(ms) < leastJumpMs ? 0 : ms;
}

/** An instant of the clock as the time of day that it is now known to have been. */
export function toTimeOfDay(clock: Clock, instant: number): number {
  return instant + aheadMs(clock);
}

/** What another program, or a file, tells as a time of day, as an instant of the clock. */
export function fromTimeOfDay(clock: Clock, at: number): number {
  return at - aheadMs(clock);
}

export function timeOfDay(clock: Clock): number {
  return (clock.calendar ?? clock).now();
}

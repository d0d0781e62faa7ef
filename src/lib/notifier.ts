/** Waiting for a change, for an instant, or for both, without polling and without a forgotten timer. */

import type { Clock } from "./clock.ts";

/** Wakes whoever waits for a change. Take `next()` first, look, then wait: no change is missed. */
export class Notifier {
  #wake = Promise.withResolvers<void>();

  /** Resolves at the next `notify`. */
  next(): Promise<void> {
    return this.#wake.promise;
  }

  notify(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers<void>();
    resolve();
  }
}

export interface Wait {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970; `null`: no limit. */
  readonly until: number | null;
}

/** Resolves with the first of the promises or at `until`; rejects with the signal's reason. */
export async function waitFor(wait: Wait, ...promises: readonly Promise<unknown>[]): Promise<void> {
  wait.signal.throwIfAborted();
  const over = new AbortController();
  const signal = AbortSignal.any([wait.signal, over.signal]);
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(wait.signal.reason);
  wait.signal.addEventListener("abort", abort, { once: true });
  const races: Promise<unknown>[] = [...promises, aborted.promise];
  if (wait.until !== null) {
    // Its rejection is our own ending of it, or the abort that the race has seen already.
    races.push(wait.clock.until(wait.until, signal).catch(() => undefined));
  }
  try {
    await Promise.race(races);
    wait.signal.throwIfAborted();
  } finally {
    wait.signal.removeEventListener("abort", abort);
    over.abort();
  }
}

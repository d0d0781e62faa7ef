/** A clock that stands still until a test moves it. Nothing else runs while it moves. */

import type { Clock } from "../../../src/lib/clock.ts";

interface Sleeper {
  at: number;
  wake(): void;
}

export class ManualClock implements Clock {
  #now = 1_800_000_000_000;
  #setBackMs = 0;
  /** Time as it passes: it is never set back. */
  readonly steady: Clock = {
    now: () => this.#now + this.#setBackMs,
    until: (instant, signal) => this.until(instant - this.#setBackMs, signal),
  };
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  async until(instant: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (instant <= this.#now) return;
    const woken = Promise.withResolvers<void>();
    const sleeper = { at: instant, wake: woken.resolve };
    const abort = (): void => woken.reject(signal?.reason);
    this.#sleepers.add(sleeper);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await woken.promise;
    } finally {
      this.#sleepers.delete(sleeper);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** How many timers run. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Time goes on; whoever has set a timer is woken at its instant, one after the other. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = Math.min(...[...this.#sleepers].map((sleeper) => sleeper.at));
      if (next > end) break;
      await this.jump(next - this.#now);
    }
    await this.jump(end - this.#now);
  }

  /** Whoever waits is woken when so much time has passed as was left. */
  setBack(ms: number): void {
    this.#now -= ms;
    this.#setBackMs += ms;
    for (const sleeper of this.#sleepers) sleeper.at -= ms;
  }

  /** All of it at once, as for a machine that slept. */
  async jump(ms: number): Promise<void> {
    this.#now += ms;
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.#now) sleeper.wake();
    await settle();
  }
}

/** Everything that can go on without time has gone on: all of it is promises, the store's too. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

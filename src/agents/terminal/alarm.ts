/**
 * One time to wake up at, which may be moved. Moving it later costs nothing: the timer that runs
 * finds out when it fires. No timer runs while none is set.
 */

import type { Clock } from "../../lib/clock.ts";

export class Alarm implements Disposable {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at: number | null = null;
  /** The timer that runs, which fires at `#timerAt` or earlier than `#at`. */
  #timer: AbortController | null = null;
  #timerAt = 0;
  #isClosed = false;

  /** `ring` must not throw. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** `null`: not at all. A time that has passed rings soon, and never within this call. */
  set(at: number | null): void {
    if (this.#isClosed) return;
    this.#at = at;
    if (at === null) {
      this.#timer?.abort();
      this.#timer = null;
      return;
    }
    if (this.#timer !== null && this.#timerAt <= at) return;
    this.#timer?.abort();
    this.#start(at);
  }

  [Symbol.dispose](): void {
    this.set(null);
    this.#isClosed = true;
  }

  #start(at: number): void {
    const timer = new AbortController();
    this.#timer = timer;
    this.#timerAt = at;
    this.#clock.until(at, timer.signal).then(
      () => this.#fire(timer),
      () => {
        // Moved or closed.
      },
    );
  }

  #fire(timer: AbortController): void {
    if (timer.signal.aborted || this.#timer !== timer) return;
    this.#timer = null;
    const at = this.#at;
    if (at === null) return;
    if (this.#clock.now() < at) {
      this.#start(at);
      return;
    }
    this.#at = null;
    this.#ring();
  }
}

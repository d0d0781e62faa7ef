/**
 * Lines told at a bounded rate: the first at once, then at most one per interval, and always the
 * latest. What comes in between is dropped: it is in the log.
 */

import type { Clock } from "../lib/clock.ts";

/** Chosen: a line says that there is progress, and nobody reads faster. */
const intervalMs = 250;

export class Activity implements Disposable {
  readonly #tell: (says: string) => void;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #nextAt = 0;
  /** The latest line that was not told; `#wait` is set exactly while there is one. */
  #held = "";
  #wait: Promise<void> | null = null;

  constructor(tell: (says: string) => void, clock: Clock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  line(says: string): void {
    if (this.#closed.signal.aborted) return;
    this.#held = says;
    if (this.#wait !== null) return;
    if (this.#clock.now() >= this.#nextAt) this.#tellHeld();
    else this.#wait = this.#tellLater();
  }

  /** Nothing is told from here on; a line that was held is dropped. */
  [Symbol.dispose](): void {
    this.#closed.abort();
  }

  async #tellLater(): Promise<void> {
    try {
      await this.#clock.until(this.#nextAt, this.#closed.signal);
    } catch {
      // Closed: the turn's end tells its last line.
      return;
    }
    this.#wait = null;
    if (!this.#closed.signal.aborted) this.#tellHeld();
  }

  #tellHeld(): void {
    this.#tell(this.#held);
    // Counted from after it was told, so that the times that it was told with lie as far apart.
    this.#nextAt = this.#clock.now() + intervalMs;
  }
}

/**
 * Slots first: as an attempt settles, its landing and the slot's next task come at once, and both
 * start a dozen gits from one thread. The landing holds back until the agent has its prompt, since
 * an agent that stands idle is what costs (measured: 129 ms became 40 ms from one to the other).
 * It never waits for long: what it is kept by may be the setup of a new workspace.
 */

import type { Clock } from "../lib/clock.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";

/** For the slot to claim what was offered with the landing (chosen; a claim takes about 1 ms). */
const claimMs = 10;

/** The longest that a landing is held back (chosen: several times a usual preparation). */
const patienceMs = 250;

export class SlotsFirst {
  readonly #clock: Clock;
  readonly #changes = new Notifier();
  #onTheirWay = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A slot has a task, and its agent no prompt yet. Ends when it is disposed of, once or more. */
  begin(): Disposable {
    let isOver = false;
    this.#onTheirWay += 1;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#onTheirWay -= 1;
        this.#changes.notify();
      },
    };
  }

  /** Resolves when no slot is on its way, when it took too long, or when the signal comes. */
  async letPass(signal: AbortSignal): Promise<void> {
    const clock = this.#clock;
    const until = clock.now() + patienceMs;
    try {
      await clock.until(clock.now() + claimMs, signal);
      for (;;) {
        const change = this.#changes.next();
        if (this.#onTheirWay === 0 || clock.now() >= until) return;
        await waitFor({ clock, signal, until }, change);
      }
    } catch (error) {
      // Who was cut while it waited is told so by its desk.
      if (!signal.aborted) throw error;
    }
  }
}

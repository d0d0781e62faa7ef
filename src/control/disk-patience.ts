/**
 * What is asked of a store whose disk refuses is asked again until it is done: nothing is acknowledged
 * that is not on the disk. That it waits is told once, and that it goes on.
 */

import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";

export interface DiskPatienceParts {
  /** Time as it passes. */
  readonly clock: Clock;
  readonly onProblem: (says: string) => void;
  /** The disk takes what it is given again. */
  readonly onWell: () => void;
  /** From then on nothing is waited for: what is asked rejects with its reason. */
  readonly signal: AbortSignal;
}

/** What the disk has refused is tried again after so long (chosen). */
const retryMs = 1_000;

export class DiskPatience {
  readonly #parts: DiskPatienceParts;
  #isRefused = false;
  #isHurried = false;

  constructor(parts: DiskPatienceParts) {
    this.#parts = parts;
  }

  /** The disk refuses, and that has been told. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** From now on nothing waits: what is asked rejects with the disk's AppError. */
  hurry(): void {
    this.#isHurried = true;
  }

  async until<T>(act: () => Promise<T>): Promise<T> {
    const { clock, onProblem, onWell, signal } = this.#parts;
    for (let tries = 0; ; tries += 1) {
      try {
        const result = await act();
        // What had not to be written, or was before, does not show that the disk is well again.
        if (this.#isRefused && tries > 0) {
          this.#isRefused = false;
          onProblem("The store can be written again; the work goes on.");
          onWell();
        }
        return result;
      } catch (error) {
        const isOfDisk = error instanceof AppError && error.code === "disk";
        if (!isOfDisk || this.#isHurried) throw error;
        if (!this.#isRefused) onProblem(`${error.message} The work waits until it can be.`);
        this.#isRefused = true;
        await clock.until(clock.now() + retryMs, signal);
      }
    }
  }
}

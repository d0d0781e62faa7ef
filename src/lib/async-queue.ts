/**
 * A queue that is written by calls and read by `for await`. Nothing is lost between two readers,
 * one after the other; reading ends when the queue has been ended and is empty.
 */

import assert from "node:assert";

export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #hasEnded = false;
  #hasReader = false;
  #wake: (() => void) | null = null;

  /** After `end` it is a bug. */
  push(item: T): void {
    assert(!this.#hasEnded, "nothing can be put into a queue that has ended");
    this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing follows; safe to repeat. */
  end(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  /** Two readers at once would each miss what the other reads: that is a bug. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    assert(!this.#hasReader, "this queue has a reader already");
    this.#hasReader = true;
    try {
      for (;;) {
        // The condition says that there is one; `undefined` itself may be a T.
        while (this.#items.length > 0) yield this.#items.shift() as T;
        if (this.#hasEnded) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    } finally {
      this.#hasReader = false;
    }
  }
}

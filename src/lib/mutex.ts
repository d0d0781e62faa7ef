/** One at a time, in the order of asking. A failure is its caller's own and stops nobody else. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#last.then(act);
    // The queue goes on behind a failure; the caller gets it through `result`.
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Work that goes on by itself, for an owner who ends after it. What it throws is a bug. */
export class OpenWork {
  readonly #open = new Set<Promise<unknown>>();

  track(work: Promise<unknown>): void {
    this.#open.add(work);
    void work.then(() => this.#open.delete(work));
  }

  /** Resolves when all that is tracked by now has ended. */
  async over(): Promise<void> {
    await Promise.all(this.#open);
  }
}

/**
 * A map that can be forked in constant time: reads of the fork fall through to its parent, writes
 * stay in the fork. It lets `decide` try out events without touching the state that it was given,
 * also when that state holds ten thousand tasks.
 *
 * A fork is valid as long as its parent is not written to.
 */
export class Table<K, V> {
  readonly #parent: Table<K, V> | null;
  readonly #own = new Map<K, V>();
  /** Keys of the parent that this fork has deleted. */
  readonly #gone = new Set<K>();

  constructor(parent: Table<K, V> | null = null) {
    this.#parent = parent;
  }

  fork(): Table<K, V> {
    return new Table(this);
  }

  get(key: K): V | undefined {
    const own = this.#own.get(key);
    if (own !== undefined || this.#own.has(key)) return own;
    return this.#gone.has(key) ? undefined : this.#parent?.get(key);
  }

  has(key: K): boolean {
    return this.#own.has(key) || (!this.#gone.has(key) && (this.#parent?.has(key) ?? false));
  }

  set(key: K, value: V): void {
    this.#own.set(key, value);
    this.#gone.delete(key);
  }

  delete(key: K): void {
    this.#own.delete(key);
    if (this.#parent?.has(key)) this.#gone.add(key);
  }

  /** Entries of the parent in their order, then those that only the fork has. */
  *entries(): Generator<readonly [K, V]> {
    if (this.#parent !== null) {
      for (const entry of this.#parent.entries()) {
        const [key] = entry;
        if (this.#gone.has(key)) continue;
        const own = this.#own.get(key);
        yield own === undefined ? entry : [key, own];
      }
    }
    for (const entry of this.#own) {
      if (this.#parent === null || !this.#parent.has(entry[0])) yield entry;
    }
  }

  *keys(): Generator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  get size(): number {
    if (this.#parent === null) return this.#own.size;
    let size = this.#parent.size - this.#gone.size;
    for (const key of this.#own.keys()) if (!this.#parent.has(key)) size += 1;
    return size;
  }
}

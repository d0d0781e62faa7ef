/** A store on a disk that can be made full: then it refuses what it would have to write. */

import { AppError } from "../../src/lib/app-error.ts";
import { Notifier } from "../../src/lib/notifier.ts";
import type { Archive } from "../../src/store/archive.ts";
import type { Store } from "../../src/store/store.ts";

export class FullDisk {
  isFull = false;
  /** How often it has refused. */
  refusals = 0;
  readonly #changes = new Notifier();

  async untilRefused(times: number): Promise<void> {
    while (this.refusals < times) await this.#changes.next();
  }

  /** As `decorateStore` of a run. */
  readonly over = (store: Store & Archive): Store & Archive => {
    const write = <T>(act: () => Promise<T>): Promise<T> => {
      if (!this.isFull) return act();
      this.refusals += 1;
      this.#changes.notify();
      return Promise.reject(new AppError("disk", "Cannot write to the store: the disk is full."));
    };
    return {
      load: (stream, after) => store.load(stream, after),
      depth: () => store.depth(),
      get: (hash) => store.get(hash),
      readSnapshot: (stream) => store.readSnapshot(stream),
      commit: (commit) => write(() => store.commit(commit)),
      claim: (queue, runner) => write(() => store.claim(queue, runner)),
      beat: (leases) => write(() => store.beat(leases)),
      reap: (now, runners) => write(() => store.reap(now, runners)),
      put: (texts) => write(() => store.put(texts)),
      writeSnapshot: (stream, snapshot) => write(() => store.writeSnapshot(stream, snapshot)),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  };
}

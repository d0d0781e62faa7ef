/**
 * What a gate prints, as it is kept: its begin and its end, without secrets. Masking costs more than
 * reading (measured: 40 to 60 MB/s against 1 GB/s), so of a flood only what is kept in the end is
 * masked, and the gate is not held up by it.
 */

import { HeadAndTail } from "../lib/capped-file.ts";
import type { Mask, MaskStream } from "../lib/mask.ts";

/**
 * Chosen: the head holds what was run and its first errors, the tail the failures that test runners
 * list at the end. What lies between is counted, and cut.
 */
const kept = { headBytes: 256 * 1024, tailBytes: 1024 * 1024 };
/** Chosen: more than any build prints that somebody reads. */
const floodBytes = 16 * 1024 * 1024;
/** Chosen: more than the longest secret has, which may have begun before what is left of a flood. */
const secretBytes = 64 * 1024;

export class KeptOutput {
  readonly #mask: Mask;
  readonly #masked: MaskStream;
  readonly #kept = new HeadAndTail(kept);
  #taken = 0;
  /** What has come since it is a flood, with the secrets in it. */
  #flood: HeadAndTail | null = null;

  constructor(mask: Mask) {
    this.#mask = mask;
    this.#masked = mask.stream();
  }

  push(chunk: Uint8Array): void {
    if (this.#flood !== null) {
      this.#flood.push(chunk);
      return;
    }
    this.#kept.push(this.#masked.push(chunk));
    this.#taken += chunk.length;
    if (this.#taken < floodBytes) return;
    this.#flood = new HeadAndTail({ headBytes: 0, tailBytes: kept.tailBytes + secretBytes });
  }

  /** All that is kept; to be called once, at the end. */
  end(): HeadAndTail {
    const flood = this.#flood;
    if (flood === null || flood.cutBytes === 0) {
      if (flood !== null) this.#kept.push(this.#masked.push(flood.tail));
      this.#kept.push(this.#masked.end());
      return this.#kept;
    }
    const { tail, cutBytes } = flood;
    const masked = this.#mask.stream();
    // The end of a secret that had begun before may stand here, and nothing tells that it is one.
    masked.push(tail.subarray(0, secretBytes));
    const end = Buffer.concat([masked.push(tail.subarray(secretBytes)), masked.end()]);
    this.#kept.skip(Math.max(0, cutBytes + tail.length - end.length));
    this.#kept.push(end);
    return this.#kept;
  }
}

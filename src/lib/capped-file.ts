/**
 * Output that is kept under a cap, however much comes: a log file that begins anew when it is
 * full, and the head and tail of one program's output.
 */

import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Mutex } from "./mutex.ts";

/** A pipe in the place of the file would keep us forever; so it is refused, with ENXIO. */
const forAppending =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * Opens a log for appending; its directory is made. When it would grow beyond `capBytes`, it is
 * renamed to `<path>.1` (the previous one of that name is replaced) and begun anew. So at most
 * twice the cap lies on the disk. Rejects with the system's error.
 */
export async function openRotatingFile(path: string, capBytes: number): Promise<RotatingFile> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, forAppending);
  return new RotatingFile({ path, capBytes, file, size: (await file.stat()).size });
}

export class RotatingFile implements AsyncDisposable {
  readonly #path: string;
  readonly #capBytes: number;
  #file: FileHandle;
  #size: number;
  readonly #oneAtATime = new Mutex();

  constructor(opened: { path: string; capBytes: number; file: FileHandle; size: number }) {
    this.#path = opened.path;
    this.#capBytes = opened.capBytes;
    this.#file = opened.file;
    this.#size = opened.size;
  }

  /** Rejects with the system's error; a later call may go well again. */
  append(content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return this.#oneAtATime.run(() => this.#write(bytes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#oneAtATime.run(() => this.#file.close());
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const kept = bytes.subarray(Math.max(0, bytes.length - this.#capBytes));
    if (this.#size > 0 && this.#size + kept.length > this.#capBytes) {
      await rename(this.#path, `${this.#path}.1`).catch((error: NodeJS.ErrnoException) => {
        // A person has removed it, or the last try got no further: a new one is begun.
        if (error.code !== "ENOENT") throw error;
      });
      const next = await open(this.#path, forAppending);
      await this.#file.close();
      this.#file = next;
      this.#size = 0;
    }
    await this.#file.appendFile(kept);
    this.#size += kept.length;
  }
}

/** Keeps the first and the last bytes of what it is given, and counts those between. */
export class HeadAndTail {
  readonly #head: Buffer;
  /** A ring: once it is full, `#tailEnd` is also where it begins. */
  readonly #tail: Buffer;
  #headLength = 0;
  #tailEnd = 0;
  #tailTotal = 0;
  #skipped = 0;

  constructor({ headBytes, tailBytes }: { headBytes: number; tailBytes: number }) {
    this.#head = Buffer.alloc(headBytes);
    this.#tail = Buffer.alloc(tailBytes);
  }

  push(chunk: Uint8Array): void {
    const forHead = chunk.subarray(0, this.#head.length - this.#headLength);
    this.#head.set(forHead, this.#headLength);
    this.#headLength += forHead.length;
    const rest = chunk.subarray(forHead.length);
    this.#tailTotal += rest.length;
    let kept = rest.subarray(Math.max(0, rest.length - this.#tail.length));
    while (kept.length > 0) {
      const piece = kept.subarray(0, this.#tail.length - this.#tailEnd);
      this.#tail.set(piece, this.#tailEnd);
      this.#tailEnd = (this.#tailEnd + piece.length) % this.#tail.length;
      kept = kept.subarray(piece.length);
    }
  }

  /** So many bytes have come that were not pushed; what the tail holds of before is cut with them. */
  skip(bytes: number): void {
    this.#skipped += this.#tailTotal + bytes;
    this.#tailTotal = 0;
    this.#tailEnd = 0;
  }

  /** Bytes between head and tail that are not kept. */
  get cutBytes(): number {
    return this.#skipped + Math.max(0, this.#tailTotal - this.#tail.length);
  }

  get head(): Buffer {
    return this.#head.subarray(0, this.#headLength);
  }

  get tail(): Buffer {
    if (this.#tailTotal < this.#tail.length) return this.#tail.subarray(0, this.#tailEnd);
    return Buffer.concat([
      this.#tail.subarray(this.#tailEnd),
      this.#tail.subarray(0, this.#tailEnd),
    ]);
  }
}

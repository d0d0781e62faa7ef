/** A text file that grows, read from where one has come to, also when it was begun anew meanwhile. */

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";

const mostBytes = 1024 * 1024;

export class FileTail {
  readonly #file: string;
  readonly #decoder = new StringDecoder("utf8");
  #at = 0;
  /** By which a file of the same name is known as another one. */
  #inode: number | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * What was written since the last time, in pieces of whole letters; nothing where there is no
   * file yet. Where it was begun anew under a cap, what was not yet read of the one before is looked
   * for in `<file>.1`. Rejects with the system's error.
   */
  async *read(): AsyncGenerator<string, void, undefined> {
    const handle = await openIfThere(this.#file);
    if (handle === null) return;
    await using file = handle;
    const found = await file.stat();
    if (!found.isFile()) return;
    const { ino, size } = found;
    if (this.#inode !== null && (ino !== this.#inode || size < this.#at)) {
      yield* this.#readBefore(this.#inode);
      this.#at = 0;
    }
    this.#inode = ino;
    yield* this.#readTo(file, size);
  }

  async *#readBefore(inode: number): AsyncGenerator<string, void, undefined> {
    const handle = await openIfThere(`${this.#file}.1`);
    if (handle === null) return;
    await using file = handle;
    const { ino, size } = await file.stat();
    if (ino === inode) yield* this.#readTo(file, size);
  }

  async *#readTo(file: FileHandle, end: number): AsyncGenerator<string, void, undefined> {
    const buffer = Buffer.alloc(Math.max(0, Math.min(mostBytes, end - this.#at)));
    while (this.#at < end) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#at);
      if (bytesRead === 0) return;
      this.#at += bytesRead;
      const text = this.#decoder.write(buffer.subarray(0, bytesRead));
      if (text !== "") yield text;
    }
  }
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    // A pipe in its place would keep us for ever.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Bytes in, whole lines out: cut anywhere, also within a character. */

import { StringDecoder } from "node:string_decoder";

export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #longest: number;
  #unfinished = "";
  /** The line that is being read is too long: it is dropped to its end. */
  #isDropping = false;

  /** `longest`: in characters; a longer line is dropped whole. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that this chunk has finished, without their ends. */
  push(chunk: Uint8Array): readonly string[] {
    return this.pushText(this.#decoder.write(chunk));
  }

  /** The same of a chunk of whole characters, as long as all chunks are such. */
  pushText(chunk: string): readonly string[] {
    const parts = chunk.split("\n");
    const lines: string[] = [];
    for (const [n, part] of parts.entries()) {
      if (!this.#isDropping) this.#unfinished += part;
      if (this.#unfinished.length > this.#longest) {
        this.#unfinished = "";
        this.#isDropping = true;
      }
      if (n === parts.length - 1) break;
      if (!this.#isDropping) lines.push(this.#unfinished.replace(/\r$/, ""));
      this.#unfinished = "";
      this.#isDropping = false;
    }
    return lines;
  }
}

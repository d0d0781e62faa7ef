/**
 * Server-sent events: bytes in, the data of whole events out, cut anywhere, also within a character.
 * Names and ids of events are not looked at: opencode says within the data what each is.
 */

import { LineSplitter } from "../../lib/line-splitter.ts";

/** In characters. An event of more tells nothing that we need: it is dropped whole (chosen). */
const longestEvent = 32 * 1024 * 1024;

export class EventSplitter {
  readonly #lines: LineSplitter;
  readonly #longest: number;
  #data: string[] = [];
  #length = 0;

  /** `longest`: in characters, of one event's data. */
  constructor(longest = longestEvent) {
    this.#lines = new LineSplitter(longest + "data: ".length);
    this.#longest = longest;
  }

  /** The data of each event that this chunk has finished. */
  push(chunk: Uint8Array): readonly string[] {
    const events: string[] = [];
    for (const line of this.#lines.push(chunk)) {
      if (line !== "") this.#add(line);
      else if (this.#data.length > 0) {
        if (this.#length <= this.#longest) events.push(this.#data.join("\n"));
        this.#data = [];
        this.#length = 0;
      }
    }
    return events;
  }

  #add(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    if (name !== "data") return;
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    this.#length += value.length;
    if (this.#length <= this.#longest) this.#data.push(value);
  }
}

/** A transcript that an agent keeps of its conversation, line by line, read where it is asked for. */

import path from "node:path";
import type { Instant } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import { folderChanges } from "../../lib/file-changes.ts";
import { FileTail } from "../../lib/file-tail.ts";
import { LineSplitter } from "../../lib/line-splitter.ts";
import { Mutex } from "../../lib/mutex.ts";

export interface TranscriptParts<Use> {
  readonly file: string;
  readonly clock: Clock;
  /** Of one that holds nothing. */
  readonly empty: Use;
  /** After one more line, without its end; one too long is none. Must not throw, whatever the line. */
  readonly read: (before: Use, line: string) => Use;
}

/** In characters; a line holds a file or an image at most (chosen). */
const longestLine = 32 * 1024 * 1024;

/** In characters, from one read to the next (chosen): the agent may make its file as long as it likes. */
const mostAtOnce = 256 * 1024 * 1024;

export class TranscriptFile<Use> {
  readonly file: string;
  readonly #parts: TranscriptParts<Use>;
  readonly #tail: FileTail;
  readonly #oneAtATime = new Mutex();
  readonly #lines = new LineSplitter(longestLine);
  #use: Use;

  constructor(parts: TranscriptParts<Use>) {
    this.file = parts.file;
    this.#parts = parts;
    this.#tail = new FileTail(parts.file);
    this.#use = parts.empty;
  }

  /** As it stands now, as far as it can be read; one that is not there yet is empty. Never rejects. */
  read(): Promise<Use> {
    return this.#oneAtATime.run(async () => {
      try {
        let taken = 0;
        for await (const text of this.#tail.read()) {
          for (const line of this.#lines.pushText(text)) {
            this.#use = this.#parts.read(this.#use, line);
          }
          taken += text.length;
          if (taken >= mostAtOnce) break;
        }
      } catch (error) {
        // It is the agent that has named it: whoever hears the agent is not kept from it by that.
        if (!isSystemError(error)) throw error;
      }
      return this.#use;
    });
  }

  /** Once it is so, which is written a moment after it has happened; at most until then. */
  async readUntil(isSo: (use: Use) => boolean, until: Instant): Promise<Use> {
    const over = new AbortController();
    const timer = this.#parts.clock.until(until, over.signal).then(
      () => over.abort(),
      () => {
        // It has come in time.
      },
    );
    try {
      await this.readWhile((use) => !isSo(use), over.signal);
      return this.#use;
    } finally {
      over.abort();
      await timer;
    }
  }

  /** With each change, until `goesOn` says no, or the signal comes. Never rejects. */
  async readWhile(goesOn: (use: Use) => boolean, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of folderChanges(path.dirname(this.file), signal)) {
        if (!goesOn(await this.read())) return;
      }
    } catch (error) {
      // Its folder is gone, or was never there: nothing can be said of the turn.
      if (!isSystemError(error)) throw error;
    }
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}

/**
 * The journal on disk. One loop writes, whatever calls for it: rows at once, the status page at
 * most every half second. A file that cannot be written holds nobody up: it is told in one
 * sentence, its rows are kept in memory, and it is tried again.
 */

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Event } from "../domain/event.ts";
import type { Instant } from "../domain/id.ts";
import type { State } from "../domain/state.ts";
import { logHeader, logLine, logRows } from "../domain/view-log.ts";
import { statusPage } from "../domain/view-status-page.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";
import { Mutex } from "../lib/mutex.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import type { Journal } from "./journal.ts";
import { appendLines, type LogFile, type NumberedLine, readEnd } from "./log-file.ts";

export interface JournalParts {
  /** Absolute paths. */
  readonly logFile: string;
  readonly statusFile: string;
  /** Time as it passes, beside the time of day, which is written. */
  readonly clock: Clock;
  /**
   * How many events the store holds. A log file that has come further belongs to another store:
   * its rows stay, and a new table begins under them.
   */
  readonly events: number;
  /** What a person should know while the work goes on: one sentence, once per trouble. */
  readonly onProblem: (says: string) => void;
}

/** Chosen: a person's editor that follows the page is not kept busy by it. */
const statusEveryMs = 500;

/** Chosen: a disk that is full, or a directory in the place of a file, is put right by a person. */
const retryMs = 2_000;

/** Never rejects: where the files cannot be read now, the position is 0 and is learnt later. */
export async function openJournal(parts: JournalParts): Promise<Journal> {
  const journal = new FileJournal(parts);
  await journal.open();
  return journal;
}

class FileJournal implements Journal {
  readonly #parts: JournalParts;
  readonly #log: LogFile;
  readonly #mutex = new Mutex();
  readonly #changed = new Notifier();
  readonly #closed = new AbortController();
  #pending: NumberedLine[] = [];
  /** The last event that was recorded: nothing up to it is taken again. */
  #recorded = 0;
  #position = 0;
  /** Has the file been read since the journal was opened? */
  #isLearnt = false;
  /** The numbers in the file are of another store. */
  #isForeign = false;
  #state: State | null = null;
  #isStatusDue = false;
  #logNotBefore: Instant = 0;
  #statusNotBefore: Instant = 0;
  /** Files that are in trouble now. */
  readonly #troubled = new Set<string>();
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#log = { path: parts.logFile, title: "Log", header: logHeader };
  }

  async open(): Promise<void> {
    await this.#attempt("read", this.#log.path, async () => {
      await this.#learn();
      this.#recorded = this.#position;
    });
    this.#loop = this.#write();
  }

  async #learn(): Promise<void> {
    if (this.#isLearnt) return;
    const { position } = await readEnd(this.#log.path);
    this.#isForeign = position > this.#parts.events;
    this.#position = this.#isForeign ? 0 : position;
    this.#isLearnt = true;
  }

  get position(): number {
    return this.#position;
  }

  record(seq: number, events: readonly Event[], state: State): void {
    const known = Math.max(0, this.#recorded - seq + 1);
    const fresh = events.slice(known);
    this.#state = state;
    this.#isStatusDue = true;
    if (fresh.length > 0) {
      this.#recorded = seq + events.length - 1;
      for (const { seq: number, row } of logRows(seq + known, fresh)) {
        this.#pending.push({ seq: number, text: logLine(row) });
      }
    }
    this.#changed.notify();
  }

  async flush(): Promise<void> {
    await this.#mutex.run(async () => {
      await this.#writeLog();
      await this.#writeStatus();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#loop;
    await this.flush();
  }

  async #write(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const changed = this.#changed.next();
      await this.#mutex.run(async () => {
        if (clock.now() >= this.#logNotBefore) await this.#writeLog();
        if (clock.now() >= this.#statusNotBefore) await this.#writeStatus();
      });
      try {
        await waitFor({ clock, signal, until: this.#nextTry() }, changed);
      } catch (error) {
        // Only our own closing ends the wait; what is left is written by the last flush.
        if (!signal.aborted) throw error;
      }
    }
  }

  /** When time alone lets something be written that waits for it. */
  #nextTry(): Instant | null {
    const times = [];
    if (this.#pending.length > 0) times.push(this.#logNotBefore);
    if (this.#isStatusDue) times.push(this.#statusNotBefore);
    return times.length === 0 ? null : Math.min(...times);
  }

  async #writeLog(): Promise<void> {
    if (this.#pending.length === 0) return;
    const lines = [...this.#pending];
    const isWritten = await this.#attempt("write", this.#log.path, async () => {
      await this.#learn();
      this.#position = await appendLines(this.#log, lines, this.#isForeign);
      this.#isForeign = false;
    });
    if (isWritten) this.#pending = this.#pending.slice(lines.length);
    this.#logNotBefore = isWritten ? 0 : this.#parts.clock.now() + retryMs;
  }

  async #writeStatus(): Promise<void> {
    if (!this.#isStatusDue || this.#state === null) return;
    const { statusFile, clock } = this.#parts;
    const page = statusPage(this.#state, timeOfDay(clock));
    this.#isStatusDue = false;
    const isWritten = await this.#attempt("write", statusFile, async () => {
      await mkdir(dirname(statusFile), { recursive: true });
      // It can be made again from the store at any time: no disk has to be waited for.
      await writeFileAtomic(statusFile, page, { fsync: false });
    });
    if (!isWritten) this.#isStatusDue = true;
    this.#statusNotBefore = clock.now() + (isWritten ? statusEveryMs : retryMs);
  }

  /** Trouble with a file is told once, until it has gone well again. */
  async #attempt(doing: string, path: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      this.#troubled.delete(path);
      return true;
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      if (!this.#troubled.has(path)) {
        this.#troubled.add(path);
        const next = "the work goes on, and it is tried again until it can be";
        this.#parts.onProblem(`Cannot ${doing} \`${path}\`: ${reasonOf(error)}; ${next}.`);
      }
      return false;
    }
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["EISDIR", "it is a directory"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the disk is read-only"],
  ["EACCES", "it may not be written to"],
  ["EPERM", "it may not be written to"],
  ["ENOTDIR", "a file is in the place of its folder"],
  ["EEXIST", "a file is in the place of its folder"],
]);

function reasonOf(error: Error & { readonly code: string }): string {
  return `${reasons.get(error.code) ?? "the system refuses it"} (${error.message})`;
}

function isOfSystem(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** A directory, a clock that stands still until it is moved, and events with a row each. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fold } from "../../../src/domain/apply.ts";
import type { Event } from "../../../src/domain/event.ts";
import type { State } from "../../../src/domain/state.ts";
import type { Journal } from "../../../src/journal/journal.ts";
import { openJournal } from "../../../src/journal/markdown-journal.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { spec } from "../../task-spec.ts";

class StillClock implements Clock {
  #now = 0;
  #waits: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  async until(instant: number, signal?: AbortSignal): Promise<void> {
    if (instant <= this.#now) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waits.push({ at: instant, wake: resolve });
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    await promise;
  }

  moveTo(instant: number): void {
    this.#now = instant;
    for (const { at, wake } of this.#waits) if (at <= instant) wake();
    this.#waits = this.#waits.filter(({ at }) => at > instant);
  }
}

export class Stage implements AsyncDisposable {
  readonly dir: string;
  readonly clock = new StillClock();
  readonly problems: string[] = [];
  /** Resolves with the next problem that is told. */
  nextProblem = Promise.withResolvers<string>();

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async set(): Promise<Stage> {
    return new Stage(await mkdtemp(join(tmpdir(), "temoin-journal-")));
  }

  get logFile(): string {
    return join(this.dir, "state", "LOG.md");
  }

  get statusFile(): string {
    return join(this.dir, "state", "STATUS.md");
  }

  open(events = Number.MAX_SAFE_INTEGER): Promise<Journal> {
    return openJournal({
      logFile: this.logFile,
      statusFile: this.statusFile,
      clock: this.clock,
      events,
      onProblem: (says) => {
        this.problems.push(says);
        this.nextProblem.resolve(says);
        this.nextProblem = Promise.withResolvers<string>();
      },
    });
  }

  /** Opens, records what is missing, and closes: the whole life of a journal. */
  async tell(events: readonly Event[]): Promise<void> {
    await using journal = await this.open(events.length);
    const missing = events.slice(journal.position);
    journal.record(journal.position + 1, missing, fold(events));
  }

  log(): Promise<string> {
    return readFile(this.logFile, "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Tasks that were added one by one, so that event n has the row n. */
export function story(length: number): {
  readonly events: readonly Event[];
  readonly state: State;
} {
  const events = Array.from({ length }, (_, n): Event => {
    const title = `the title of task ${n + 1}: é 😀 | <b>`;
    const added = { type: "task_added", spec: spec(`T-${n + 1}`, { title }) } as const;
    return { ...added, status: { state: "queued" }, at: 2_000 + n * 1_000, by: "person" };
  });
  return { events, state: fold(events) };
}

/** The numbers of the rows, in the order in which they stand. */
export function numbersIn(log: string): readonly number[] {
  return [...log.matchAll(/^\|.*\| <!-- (\d+) -->$/gm)].map((match) => Number(match[1]));
}

export function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, n) => n + 1);
}

/**
 * Drafts as an agent hands them in: one after the other, so that of those that come at once the last
 * one counts, and none once its turns are over.
 */

import { AppError } from "../lib/app-error.ts";
import { Mutex } from "../lib/mutex.ts";
import { writeText } from "../lib/text-file.ts";
import type { HandedIn } from "../operations/context.ts";

export interface DraftsParts {
  /** Where the agent finds the last one again. */
  readonly file: string;
  readonly judge: (text: string) => Promise<HandedIn>;
}

export class Drafts implements AsyncDisposable {
  readonly #parts: DraftsParts;
  readonly #mutex = new Mutex();
  #isOver = false;

  constructor(parts: DraftsParts) {
    this.#parts = parts;
  }

  /** Rejects with an AppError `refused` when it comes too late. */
  take(text: string): Promise<HandedIn> {
    const { file, judge } = this.#parts;
    return this.#mutex.run(async () => {
      if (this.#isOver) {
        throw new AppError("refused", "This draft comes too late: the plan is at its end.", {
          hint: "`temoin plan` asks for another one.",
        });
      }
      try {
        await writeText(file, text);
      } catch (cause) {
        const says = `Cannot keep the draft in ${file}: ${String(cause)}`;
        const hint =
          "A person makes room there; hand it in again then, or end your turn and say so.";
        throw new AppError("disk", says, { cause, hint });
      }
      return await judge(text);
    });
  }

  /** The one that is judged now comes to its end; those behind it are refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#mutex.run(() => Promise.resolve());
  }
}

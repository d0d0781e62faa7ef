/**
 * The screen of a slot's codex, for a person: a TUI that is a client of the same server and shows
 * the thread of now. The work does without it: where it cannot be shown, that is only told.
 *
 * For another thread the TUI is started anew in the same window. To type `/resume` into the one that
 * runs would be quicker (0.3 s for 0.6 s, both beside the work), but a dialog takes the keys:
 * measured on 0.169.0, they chose another model and wrote it into the person's configuration.
 */

import type { AttachHint } from "../driver.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import {
  openView,
  type ViewParts,
  type ViewRequest,
  type ViewWindow,
} from "../tmux/view-window.ts";

export interface ThreadScreenParts {
  readonly tmux: TmuxServer;
  readonly view: ViewParts;
  readonly request: Omit<ViewRequest, "command" | "kept">;
  /** Awaited before a thread is shown. */
  readonly prepare: (threadId: string) => Promise<unknown>;
  /** Shows a thread. */
  readonly command: (threadId: string) => ViewRequest["command"];
  readonly onProblem: (says: string) => void;
}

export class ThreadScreen {
  readonly #parts: ThreadScreenParts;
  #window: ViewWindow | null;
  /** Which it shows; `null`: its program has ended, as when a person has quit it. */
  #shown: string | null;
  #wanted = "";
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();

  /** `left`: of an earlier temoin. */
  constructor(parts: ThreadScreenParts, left: ViewWindow | null) {
    this.#parts = parts;
    this.#window = left;
    this.#shown = left?.kept["thread"] ?? null;
    if (left !== null) this.#follow(left);
  }

  get attach(): AttachHint | null {
    return this.#window?.attach ?? null;
  }

  /**
   * Shows the thread, where that is not what it shows: as when another task has begun, or a person
   * has quit the TUI or closed its window. Resolves when it is begun. Never rejects.
   */
  show(threadId: string): Promise<void> {
    this.#wanted = threadId;
    this.#work = this.#work.then(async () => {
      if (this.#isClosed || this.#wanted !== threadId || this.#shown === threadId) return;
      try {
        await this.#start(threadId);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#parts.onProblem(`its screen cannot be shown: ${why}`);
      }
    });
    return this.#work;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
    await this.#window?.close();
    this.#window = null;
  }

  async #start(thread: string): Promise<void> {
    const { tmux, view, request, prepare } = this.#parts;
    await prepare(thread);
    const program = { ...request, command: this.#parts.command(thread) };
    this.#shown = null;
    try {
      await this.#window?.restart(program);
      await this.#window?.keep({ thread });
    } catch {
      // A person has closed it.
      this.#window = null;
    }
    this.#window ??= await openView(tmux, { ...program, kept: { thread } }, view);
    this.#shown = thread;
    this.#follow(this.#window);
  }

  #follow(window: ViewWindow): void {
    const { over } = window;
    void over.then(() => {
      if (this.#window === window && window.over === over) this.#shown = null;
    });
  }
}

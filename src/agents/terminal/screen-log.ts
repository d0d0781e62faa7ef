/**
 * Follows a pane's screen and says what is new on it, what was written too fast to be seen
 * included. One look after the other; the caller waits for the last before it gives the next.
 */

import type { Pane } from "../tmux/tmux.ts";
import { contentOf, hasScrolled, newLines } from "./rendered-log.ts";

/** So many rows above the screen are looked for what has scrolled off between two looks (chosen). */
const historyRows = 500;

export class ScreenLog {
  readonly #pane: Pane;
  readonly #masked: (rows: readonly string[]) => readonly string[];
  #above: readonly string[] = [];
  #screen: readonly string[] = [];

  /** `masked` takes secrets out of rows that stand together. */
  constructor(pane: Pane, masked: (rows: readonly string[]) => readonly string[]) {
    this.#pane = pane;
    this.#masked = masked;
  }

  /** The new rows, from the top. Never rejects. */
  async add(shown: readonly string[]): Promise<readonly string[]> {
    const screen = this.#masked(shown);
    const before = [...this.#above, ...this.#screen];
    const after = hasScrolled(this.#screen, screen) ? await this.#history(screen) : screen;
    const isSeen = after === screen;
    const above = isSeen ? this.#above : after.slice(0, Math.max(0, after.length - screen.length));
    this.#above = above;
    this.#screen = screen;
    return newLines(before, isSeen ? [...above, ...screen] : after);
  }

  async #history(screen: readonly string[]): Promise<readonly string[]> {
    try {
      return this.#masked(contentOf(await this.#pane.history(historyRows)));
    } catch {
      // The pane has gone meanwhile: what was on its screen is all that is left.
      return screen;
    }
  }
}

/**
 * The words on the screen of one life of an agent: told as they come, and in the log once they have
 * settled. Secrets are taken out of both.
 */

import type { SessionLog } from "../session-log.ts";
import type { Pane } from "../tmux/tmux.ts";
import { contentOf, isLive, newLines, wordsOf } from "./rendered-log.ts";
import type { Look } from "./screen-history.ts";
import { ScreenLog } from "./screen-log.ts";

export interface ScreenWordsParts {
  readonly pane: Pane;
  readonly log: SessionLog;
  /** New words of the agent, the last of a look. */
  readonly onWords: (says: string) => void;
  /** Its program has ended: nothing is being drawn any more. */
  readonly hasEnded: () => boolean;
}

/** Of words that are told, so much (chosen: a row of a wide screen). */
const longestWords = 200;

export class ScreenWords {
  readonly #parts: ScreenWordsParts;
  readonly #screenLog: ScreenLog;
  #logging: Promise<void> = Promise.resolve();
  /** The rows of the last look that are words. */
  #drawn: readonly string[] = [];

  constructor(parts: ScreenWordsParts) {
    this.#parts = parts;
    this.#screenLog = new ScreenLog(parts.pane, (rows) => parts.log.masked(rows));
  }

  /** Everything that was seen so far is in the log. */
  get logged(): Promise<void> {
    return this.#logging;
  }

  /** New words on a screen that does not come to rest, as behind a spinner. */
  hear({ screen, isCalm }: Look): void {
    const rows = contentOf(screen.lines).filter((row) => !isLive(row));
    const before = this.#drawn;
    this.#drawn = rows;
    // At rest they are told as they are logged.
    if (isCalm) return;
    const news = this.#parts.log.masked(newLines(before, rows));
    const says = news.map(wordsOf).findLast((row) => row !== "");
    if (says !== undefined) this.#parts.onWords(says.slice(0, longestWords));
  }

  /** `isWhole`: also what has not settled. Resolves as `logged`. */
  keep(look: Look, isWhole: boolean): Promise<void> {
    this.#logging = this.#logging.then(() => this.#write(look, isWhole));
    return this.#logging;
  }

  /** The last words of a turn; where no turn can be told apart, those that were not there before. */
  last(look: Look | null, before: readonly string[]): string {
    const { log } = this.#parts;
    const isSaid = (row: string): boolean => !isLive(row) && /\p{L}/u.test(row);
    const last =
      log.masked(look?.reading.turn ?? []).findLast(isSaid) ??
      newLines(log.masked(before), contentOf(this.shown(look))).findLast(isSaid);
    return wordsOf(last ?? "").slice(0, longestWords);
  }

  /** What a look has seen, as it may be told. */
  shown(look: Look | null): readonly string[] {
    return this.#parts.log.masked(look?.screen.lines ?? []);
  }

  async #write({ screen }: Look, isWhole: boolean): Promise<void> {
    // What is being drawn is looked at again when it has settled.
    if (!isWhole && !this.#parts.hasEnded()) return;
    const rows = await this.#newRows(screen.lines);
    if (rows.length === 0) return;
    await this.#parts.log.append(`${rows.map((row) => row.trimEnd()).join("\n")}\n`);
    const says = rows.map(wordsOf).findLast((row) => row !== "");
    if (says !== undefined) this.#parts.onWords(says.slice(0, longestWords));
  }

  async #newRows(lines: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#screenLog.add(contentOf(lines));
    return rows.filter((row) => !isLive(row));
  }
}

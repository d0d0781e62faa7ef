/**
 * The contract of the journal: LOG.md and STATUS.md, kept current from the events. The log is
 * appended, never rewritten, and each event that deserves a row has exactly one, also after a kill.
 */

import type { Event } from "../domain/event.ts";
import type { State } from "../domain/state.ts";

export interface Journal extends AsyncDisposable {
  /**
   * The number of the last event that is known to be told in the log file. After opening, whoever
   * owns the events records those after it, so that no row is missing.
   */
  readonly position: number;
  /**
   * `seq` is the number of the first of `events` in the log. Writes are joined and atomic. Never
   * throws and never waits; what is told already is not told again. `events` are whole commits:
   * tasks that were added at once share a row. `state` is the living one: the status page is made
   * from it when it is written, which may be later.
   */
  record(seq: number, events: readonly Event[], state: State): void;
  /**
   * Resolves when everything recorded so far is in the files, or when that has been tried and was
   * told as a problem. Never rejects.
   */
  flush(): Promise<void>;
}

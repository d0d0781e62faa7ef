/**
 * The contract of the journal: LOG.md and STATUS.md, kept current from the events. The log is
 * appended, never rewritten, and each event that deserves a row has exactly one, also after a kill.
 */

import type { Event } from "../domain/event.ts";
import type { Instant } from "../domain/id.ts";
import type { State } from "../domain/state.ts";

export interface Journal extends AsyncDisposable {
  /** `seq` is the number of the first of `events` in the log. Writes are joined and atomic. */
  record(seq: number, events: readonly Event[], state: State, now: Instant): void;
  /** Resolves when everything recorded so far is in the files. */
  flush(): Promise<void>;
}

/** The table `event`: per stream the events 1, 2, 3 … without a gap, never changed. */

import type { DatabaseSync } from "node:sqlite";
import type { Event } from "../domain/event.ts";

/** Statements are prepared once; writes belong into a transaction of the caller. */
export interface EventLog {
  /** How many events the stream holds. */
  head(stream: string): number;
  append(stream: string, seq: number, event: Event): void;
  /** Those after number `after`, in order. */
  read(stream: string, after: number): Event[];
}

export function openEventLog(db: DatabaseSync): EventLog {
  const selectHead = db.prepare("select max(seq) as head from event where stream = ?");
  const insert = db.prepare("insert into event (stream, seq, data) values (?, ?, ?)");
  const selectAfter = db.prepare(
    "select data from event where stream = ? and seq > ? order by seq",
  );
  return {
    head(stream) {
      // An aggregate always gives a row; `max` of none is null.
      const row = selectHead.get(stream) as { readonly head: number | null };
      return row.head ?? 0;
    },
    append(stream, seq, event) {
      insert.run(stream, seq, JSON.stringify(event));
    },
    read(stream, after) {
      const events: Event[] = [];
      for (const row of selectAfter.iterate(stream, after)) {
        // The column is strict, and only `append` writes it.
        const { data } = row as { readonly data: string };
        events.push(JSON.parse(data));
      }
      return events;
    },
  };
}

/**
 * The events of one server, as long as it is listened to: a stream that breaks off is begun anew, and
 * what was missed meanwhile is asked for first.
 */

import type { Clock } from "../../lib/clock.ts";
import type { Api } from "./api.ts";
import { readEvent } from "./read-event.ts";
import type { ServerEvent } from "./server-event.ts";

export interface EventFeedParts {
  readonly api: Api;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** With the first word of a stream, and before it is looked at. */
  readonly onHeard: () => void;
  /** What was missed, by a stream that is begun anew. */
  readonly catchUp: () => Promise<void>;
  /** One after the other. */
  readonly onEvent: (event: ServerEvent) => Promise<void>;
  /** Before an event is taken. */
  readonly until: Promise<void>;
  /** A stream has ended, and why. */
  readonly onBreak: (why: string) => void;
}

const pauseMs = 200;

export class EventFeed {
  readonly #parts: EventFeedParts;
  #isHearing = false;

  constructor(parts: EventFeedParts) {
    this.#parts = parts;
  }

  /** A stream is open: what was said before may still come. */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** Until the signal. Never rejects. */
  async follow(): Promise<void> {
    const { api, clock, signal, onBreak } = this.#parts;
    for (let streams = 0; !signal.aborted; streams += 1) {
      this.#isHearing = true;
      const why = await api.events(this.#taker(streams > 0), signal);
      this.#isHearing = false;
      onBreak(why);
      if (signal.aborted) return;
      // Its own end is told by its process.
      await clock.until(clock.now() + pauseMs, signal).catch(() => undefined);
    }
  }

  #taker(isAgain: boolean): (data: string) => Promise<void> {
    const { onHeard, catchUp, onEvent, until } = this.#parts;
    let isFirst = isAgain;
    return async (data) => {
      onHeard();
      await until;
      if (isFirst) await catchUp();
      isFirst = false;
      const event = readEvent(data);
      if (event !== null) await onEvent(event);
    };
  }
}

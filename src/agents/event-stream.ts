/** The events of a session: their times never go back, and nothing follows its `ended`. */

import type { Instant } from "../domain/id.ts";
import { AsyncQueue } from "../lib/async-queue.ts";
import type { Clock } from "../lib/clock.ts";
import type { AgentEvent, AgentEventBody } from "./driver.ts";

export class EventStream {
  readonly events = new AsyncQueue<AgentEvent>();
  readonly #clock: Clock;
  #lastAt: Instant = 0;
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  now(): Instant {
    this.#lastAt = Math.max(this.#lastAt, this.#clock.now());
    return this.#lastAt;
  }

  /** Told to nobody after the end. */
  tell(event: AgentEventBody, source: AgentEvent["source"] = "process"): void {
    if (this.#isOver) return;
    this.events.push({ ...event, at: this.now(), source });
  }

  /** Safe to repeat. */
  end(why: string): void {
    if (this.#isOver) return;
    this.tell({ type: "ended", why });
    this.#isOver = true;
    this.events.end();
  }
}

/**
 * A decision in the making: a fork of the state on which each event is tried out as it is decided,
 * so that later steps of the same decision see what earlier ones have changed.
 */

import { apply } from "./apply.ts";
import type { Offer, OfferRef } from "./commit.ts";
import type { Actor, Event, EventBody, InboxItem } from "./event.ts";
import type { Instant } from "./id.ts";
import { fork, type State } from "./state.ts";

/** What control commits; `settle`: the lease under which the input came is over. */
export interface Decision {
  readonly events: readonly Event[];
  readonly offers: readonly Offer[];
  readonly retract: readonly OfferRef[];
  readonly settle: boolean;
}

export class Draft {
  readonly state: State;
  readonly now: Instant;
  /** Who decides. */
  readonly by: Actor;
  readonly #events: Event[] = [];
  readonly #offers: Offer[] = [];
  readonly #retract: OfferRef[] = [];
  #settle = false;

  constructor(state: State, now: Instant, by: Actor) {
    this.state = fork(state);
    this.now = now;
    this.by = by;
  }

  emit(body: EventBody, by: Actor = this.by): void {
    const event: Event = { ...body, at: this.now, by };
    apply(this.state, event);
    this.#events.push(event);
  }

  /** A change has landed by this decision. */
  get hasLanded(): boolean {
    return this.#events.some((event) => event.type === "landed");
  }

  /** A task has come to wait, or waits no more, by this decision. */
  get hasMoved(): boolean {
    return this.#events.some(({ type }) => type.startsWith("task_"));
  }

  offer(offer: Offer): void {
    this.#offers.push(offer);
  }

  retract(ref: OfferRef): void {
    this.#retract.push(ref);
  }

  settle(): void {
    this.#settle = true;
  }

  /** One line per key, however often it is met. */
  inbox(item: InboxItem): void {
    const known = this.state.inbox.get(item.key);
    if (known === undefined || known.says !== item.says) {
      this.emit({ type: "inbox_added", item }, "temoin");
    }
  }

  clearInbox(key: string): void {
    if (this.state.inbox.has(key)) this.emit({ type: "inbox_cleared", key });
  }

  decision(): Decision {
    return {
      events: this.#events,
      offers: this.#offers,
      retract: this.#retract,
      settle: this.#settle,
    };
  }
}

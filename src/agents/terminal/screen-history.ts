/**
 * What was written to a pane, and what the looks at it have shown: is the screen at rest, and when
 * is it to be looked at again? It waits for nothing and captures nothing.
 */

import type { Instant } from "../../domain/id.ts";
import type { Reading } from "../profile/profile.ts";
import type { Screen } from "../screen.ts";
import { nextLookAt, type Written } from "./look-plan.ts";

export interface Look {
  readonly at: Instant;
  readonly screen: Screen;
  readonly reading: Reading;
  /** Nothing was written for a while before it, nor during it; or only the same once more. */
  readonly isCalm: boolean;
}

/** A look that is under way. */
export interface BegunLook {
  readonly at: Instant;
  /** Output events by then: tells whether anything was written meanwhile. */
  readonly outputs: number;
  readonly wasQuiet: boolean;
}

/** What is known of the pane beside it. */
export interface Manners {
  /** How often one is looked at that never settles; `null`: it may wait. */
  readonly spinnerMs: number | null;
  /** Its agent is known to be at work: what is new is no news. */
  readonly isAtWork: boolean;
  /** Somebody waits for the answer to a key. */
  readonly isAttentive: boolean;
}

/** So many looks follow something new until the screen is seen at rest (chosen). */
const mostEagerLooks = 12;

export class ScreenHistory {
  readonly #settleMs: number;
  #written: Written;
  #look: Look | null = null;
  #calmLookAt: Instant | null = null;
  #eagerLooks = mostEagerLooks;
  #changedAt: Instant;
  #outputs = 0;
  /** Output events that the last look could show. */
  #seenOutputs = -1;

  constructor(now: Instant, settleMs: number) {
    this.#settleMs = settleMs;
    this.#changedAt = now;
    // A window that is taken up shows what was written before we came.
    this.#written = { since: now, lastAt: now, hasEdge: true, isInFrame: false, lookedAt: 0 };
  }

  /** The last one; `null`: none yet. */
  get look(): Look | null {
    return this.#look;
  }

  /** When a look found the screen at rest; `null`: something was written since. */
  get atRestSince(): Instant | null {
    return this.#written.since === null ? this.#calmLookAt : null;
  }

  /** When the text of the screen changed last. */
  get changedAt(): Instant {
    return this.#changedAt;
  }

  /** A title or a sequence has said something new, and the screen has not been looked at since. */
  get hasEdge(): boolean {
    return this.#written.hasEdge;
  }

  wrote(at: Instant, more: Partial<Pick<Written, "hasEdge" | "isInFrame">> = {}): void {
    const { since, lastAt } = this.#written;
    this.#outputs += 1;
    if (more.hasEdge === true) this.#eagerLooks = mostEagerLooks;
    this.#written = {
      ...this.#written,
      ...more,
      since: since ?? at,
      lastAt: Math.max(lastAt, at),
    };
  }

  /** `null`: not before something is written. */
  nextLookAt({ spinnerMs, isAtWork, isAttentive }: Manners): Instant | null {
    return nextLookAt(this.#written, {
      settleMs: this.#settleMs,
      spinnerMs,
      isEager: this.#eagerLooks > 0 && !isAtWork,
      isAttentive,
    });
  }

  begin(at: Instant): BegunLook {
    const wasQuiet = at >= this.#written.lastAt + this.#settleMs;
    this.#written = { ...this.#written, hasEdge: false };
    return { at, outputs: this.#outputs, wasQuiet };
  }

  /** What the look has shown; a look that has failed is not ended. */
  end(
    { at: begunAt, outputs, wasQuiet }: BegunLook,
    { at, screen, reading }: Omit<Look, "isCalm">,
  ): Look {
    const isSame = this.#look !== null && isSameText(this.#look.screen, screen);
    // What is shown may come before we are told that it was written: it is being written then.
    const isEarly = !isSame && outputs === this.#seenOutputs;
    const isAllSeen = outputs === this.#outputs && !isEarly;
    this.#seenOutputs = outputs;
    const isStill = isSame && begunAt >= this.#changedAt + this.#settleMs;
    const isCalm = isStill || (wasQuiet && isAllSeen);
    this.#eagerLooks = isCalm ? 0 : Math.max(0, this.#eagerLooks - 1);
    const { since, lastAt } = this.#written;
    const unseenSince = isAllSeen ? null : lastAt;
    this.#written = {
      ...this.#written,
      lookedAt: begunAt,
      since: isCalm ? unseenSince : since,
    };
    return { at, screen, reading, isCalm };
  }

  /** From now on it is the last one. Does it show another text than the one before, or the first? */
  take(look: Look): boolean {
    const before = this.#look;
    this.#look = look;
    if (look.isCalm) this.#calmLookAt = look.at;
    const isNew = before === null || !isSameText(before.screen, look.screen);
    if (isNew) this.#changedAt = look.at;
    return isNew;
  }
}

function isSameText(one: Screen, other: Screen): boolean {
  const isSame = one.lines.length === other.lines.length;
  return isSame && one.lines.every((line, row) => line === other.lines[row]);
}

/**
 * Who listens to a pane, and what happened before anybody did. Events come to all listeners in
 * order, and the first of them also hears what was before; that is bounded.
 */

import type { PaneEvent } from "./tmux.ts";

/** More before anybody listens is no start-up (chosen); the screen tells the rest. */
const mostEarly = 1_000;

export class PaneEvents {
  readonly #listeners = new Set<(event: PaneEvent) => void>();
  /** What happened before anybody listened; `null`: somebody did. */
  #early: PaneEvent[] | null = [];
  /** After it nothing happens any more: whoever comes late must not wait. */
  #gone: PaneEvent | null = null;

  listen(listener: (event: PaneEvent) => void): Disposable {
    this.#listeners.add(listener);
    const before = this.#early ?? (this.#gone === null ? [] : [this.#gone]);
    this.#early = null;
    for (const event of before) listener(event);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  tell(event: PaneEvent): void {
    if (event.type === "gone") this.#gone = event;
    if (this.#early !== null) keep(this.#early, event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Of what is too much, only the ends are kept, and that something is missing. */
function keep(early: PaneEvent[], event: PaneEvent): void {
  const last = early.at(-1);
  if (event.type === "output" && last?.type === "output") {
    early[early.length - 1] = { ...event, bytes: last.bytes + event.bytes };
  } else if (early.length < mostEarly || event.type === "exited" || event.type === "gone") {
    early.push(event);
  } else if (last?.type !== "resync") {
    early.push({ type: "resync", at: event.at });
  }
}

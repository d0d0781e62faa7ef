/** The project as it is, and again after each change: for who looks on. */

import { apply } from "../domain/apply.ts";
import type { InboxItem } from "../domain/event.ts";
import type { Instant } from "../domain/id.ts";
import type { State } from "../domain/state.ts";
import type { Context, Holder } from "./context.ts";
import { readConfig, type Status, statusOf } from "./status.ts";

export interface Watch {
  /** As it was read last; `read` writes to it. */
  readonly state: State;
  /** Brings the state up to what is on disk; `false`: there is nothing new. */
  read(): Promise<boolean>;
  /** Who is at work; he may die without a word in the store, so he is asked for now and then. */
  holder(): Promise<Holder | null>;
  json(): Promise<WatchJson>;
}

/** `lines`: those of the inbox. */
export type WatchJson = Status["json"] & { readonly lines: readonly InboxItem[] };

/** So old may be what is known of who works on the project (chosen). */
const holderAgeMs = 5_000;

/** Not an `Operation`: it goes on. */
export async function openWatch(context: Context): Promise<Watch> {
  const { clock } = context;
  const configured = await readConfig(context);
  const state = await context.state();
  let known: { readonly at: Instant; readonly holder: Holder | null } | null = null;
  const holder = async (): Promise<Holder | null> => {
    const at = clock.now();
    if (known === null || at - known.at >= holderAgeMs) {
      known = { at, holder: await context.holder() };
    }
    return known.holder;
  };
  return {
    state,
    holder,
    async read() {
      const events = await context.events(state.seq);
      for (const event of events) apply(state, event);
      // It may have been the first or the last word of a run.
      if (events.length > 0) known = null;
      return events.length > 0;
    },
    async json() {
      const planner = await context.planner();
      const parts = { now: clock.now(), holder: await holder(), planner, configured };
      const lines = [...state.inbox.values()].map(({ at: _at, ...item }) => item);
      return { ...statusOf(state, parts).json, lines };
    },
  };
}

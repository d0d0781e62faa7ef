/**
 * The watch over a call of the conductor. Whose time is over its role moves by control's clock, so
 * nothing is looked at and nobody reminded from here; only who has no room left is interrupted.
 */

import type { Instant } from "../domain/id.ts";
import type { ConversationWatch } from "./conversation.ts";
import type { FillWatch } from "./fill-watch.ts";

export function watchCall(until: Instant, fill: FillWatch): ConversationWatch {
  return {
    isWithPerson: false,
    begin: () => undefined,
    pause: () => undefined,
    hear: (event) => fill.hear(event),
    next: () => {
      const full = fill.due("in_turn");
      if (full.do === "execute") return Promise.resolve({ ...full, do: "hand_off" });
      return Promise.resolve({ do: "wait", until, isQuiet: false });
    },
  };
}

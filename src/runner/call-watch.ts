/**
 * The watch over a call of the conductor: whose time is over its role moves by control's clock, so
 * nothing is looked at, reminded or interrupted from here.
 */

import type { Instant } from "../domain/id.ts";
import type { ConversationWatch } from "./conversation.ts";

export function watchCall(until: Instant): ConversationWatch {
  return {
    isWithPerson: false,
    begin: () => undefined,
    pause: () => undefined,
    hear: () => false,
    next: () => Promise.resolve({ do: "wait", until, isQuiet: false }),
  };
}

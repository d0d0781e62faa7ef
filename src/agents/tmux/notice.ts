/**
 * What tmux tells by itself that says something of a window. That the program of a pane has died it
 * tells nobody: it is asked to, by a subscription to all panes, and looks once a second. (One to a
 * single pane never tells its death: measured with 3.3a.)
 */

import { quote } from "./quote.ts";

export type Notice =
  /** Also told when only another session with the same windows has ended (measured with 3.3a). */
  | { readonly type: "closed"; readonly window: string }
  | { readonly type: "died"; readonly pane: string };

/** Asks for the deaths; for the connection that brings the events. */
export const subscribeLine = `refresh-client -B ${quote("dead:%*:#{pane_dead}")}`;

/** `null`: it is about something else. */
export function readNotice(name: string, text: string): Notice | null {
  switch (name) {
    case "window-close":
    case "unlinked-window-close":
      return { type: "closed", window: text.split(" ")[0] ?? "" };
    case "subscription-changed": {
      // dead $0 @1 1 %1 : 1
      const pane = /^dead \S+ \S+ \S+ (%\d+) .*: 1$/.exec(text)?.[1];
      return pane === undefined ? null : { type: "died", pane };
    }
    default:
      return null;
  }
}

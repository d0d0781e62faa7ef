/**
 * A limit, out of the words that a CLI has for it on its screen or in an error: its kind, and when
 * it is over. What an interface tells as a field is not asked of words.
 */

import type { Limit } from "../domain/agent.ts";
import type { Instant } from "../domain/id.ts";
import { readResetTime } from "./reset-time.ts";

export interface LimitWords {
  /** One line. */
  readonly says: string;
  /** Words of the reset's time, where they are known apart; else they are looked for in `says`. */
  readonly until: string | null;
}

/** The first that fits; a plan that is used up often also says how to pay for more. */
const kinds: readonly (readonly [Limit["kind"], RegExp])[] = [
  ["usage", /\b(?:usage|session|daily|weekly|monthly|\d+-?(?:hour|h)|plan) (?:limit|quota)/i],
  ["usage", /extra usage|exhausted your (?:capacity|quota)/i],
  [
    "billing",
    /billing|credit balance|insufficient[_ ](?:quota|funds|credits)|payment|out of credits/i,
  ],
  ["overload", /overload|at capacity|no capacity|\b5(?:03|29)\b/i],
  ["rate", /rate.?limit|too many requests|\b429\b|per (?:min|sec)/i],
];

export function readLimit({ says, until }: LimitWords, now: Instant, zone: string): Limit {
  const apart = until === null ? null : readResetTime(until, now, zone);
  return {
    kind: kinds.find(([, words]) => words.test(says))?.[0] ?? "usage",
    until: apart ?? readResetTime(says, now, zone),
    // Words apart that tell no time are shown at least.
    says: until === null || says.includes(until) ? says : `${says} (${until})`,
  };
}

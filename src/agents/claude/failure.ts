/**
 * How a turn of Claude Code has failed, whichever way it tells so: is there a limit, and can a further
 * prompt do any better? Pure.
 */

import type { Limit } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import type { TurnEnd } from "../driver.ts";

export interface Failure {
  /** Its own kind of error, as `rate_limit`. */
  readonly error: string | null;
  /** Of HTTP. */
  readonly status: number | null;
  /** When the limit is over that it has met before. */
  readonly resetsAt: Instant | null;
  /** In its own words, one line. */
  readonly says: string;
}

export function failedBy({ error, status, says: why }: Failure): TurnEnd {
  return isHopeless(error, status, why)
    ? { result: "failed", why, isBroken: true }
    : { result: "failed", why };
}

/** `resetOf`: the reset time in words of the agent, or `null`. */
export function limitOf(
  { error, status, resetsAt, says }: Failure,
  resetOf: (words: string) => Instant | null,
): Limit | null {
  const until = resetsAt ?? resetOf(says);
  if (error === "billing_error") return { kind: "billing", until, says };
  if (status === 529 || error === "overloaded") return { kind: "overload", until, says };
  const isUsage = /\b(?:usage|session|weekly|5-hour|hour) limit|limit reached/i.test(says);
  if (isUsage || (resetsAt !== null && error === "rate_limit")) {
    return { kind: "usage", until, says };
  }
  return status === 429 || error === "rate_limit" ? { kind: "rate", until, says } : null;
}

/** Nothing that a further prompt could change. */
function isHopeless(error: string | null, status: number | null, why: string): boolean {
  if (error === "authentication_failed" || error === "oauth_org_not_allowed") return true;
  if (error === "model_not_found" || (status === 404 && /\bmodel\b/i.test(why))) return true;
  return /invalid api key|please run \/login|ECONNREFUSED|ENOTFOUND|Unable to connect/i.test(why);
}

/**
 * Which refusals of a provider are a limit: opencode tells the words and when it will ask again,
 * and would go on asking for ever. Pure.
 */

import type { Limit } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import { plainLine } from "../../lib/process-text.ts";
import { readLimit } from "../limit-words.ts";
import type { ServerError, Status } from "./server-event.ts";

export type Retry = Extract<Status, { readonly type: "retry" }>;

export interface LimitContext {
  readonly now: Instant;
  /** Of this machine, as `Europe/Paris`: for words that name a time of day. */
  readonly zone: string;
}

/** What a plan or an account allows is used up; a network that fails has none of these words. */
const usedUp = /limit|quota|usage|credit|billing|payment|exhausted/i;

/** A shorter wait costs less than another attempt at the task (chosen). */
const longWaitMs = 120_000;

/** Of its own accord it waits 2 s, twice as long each time, and a quarter more by chance (1.18.33). */
const firstWaitMs = 2_000;
const byChance = 1.25;
/** For clocks that are read one after the other (chosen). */
const slackMs = 1_000;

/** `null`: it is worth waiting for. */
export function limitOfRetry(retry: Retry, { now, zone }: LimitContext): Limit | null {
  const says = plainLine(retry.message);
  const words = readLimit({ says, until: null }, now, zone);
  const told = toldUntil(retry, now);
  if (retry.isPlanUsedUp) return { ...words, kind: "usage", until: told ?? words.until };
  const isUsedUp = (words.kind === "usage" || words.kind === "billing") && usedUp.test(says);
  if (isUsedUp) return { ...words, until: told ?? words.until };
  if (told === null || told - now < longWaitMs) return null;
  return { kind: words.kind === "overload" ? "overload" : "rate", until: told, says };
}

/** Of an error after which it does not ask again. `null`: it is none. */
export function limitOfError(error: ServerError, { now, zone }: LimitContext): Limit | null {
  const says = plainLine(error.message);
  const words = readLimit({ says, until: null }, now, zone);
  if (error.status === 402) return { ...words, kind: "billing" };
  if (error.status === 429) return words;
  return null;
}

/** When the provider has said that it may be asked again; `null`: it has not. */
function toldUntil({ attempt, next }: Retry, now: Instant): Instant | null {
  const ownMs = firstWaitMs * 2 ** (attempt - 1) * byChance;
  return next - now > ownMs + slackMs ? next : null;
}

/** Why a slot takes no work for now, and until when. */

import type { Limit } from "./agent.ts";
import type { Broken, Sleep } from "./slot.ts";
import { plainTime } from "./view-time.ts";

/** After the name of the slot. */
export function brokenText({ why, retryAt }: Broken): string {
  return `cannot be used: ${withoutStop(why)}; it is tried again at ${plainTime(retryAt)}`;
}

/** After the name of the slot. */
export function sleepText(
  sleep: Pick<Sleep, "kind" | "until" | "resetAt" | "says" | "metBy">,
): string {
  return `${kindTexts[sleep.kind]} until ${untilText(sleep)}: ${sleep.says}${metByText(sleep)}`;
}

/** After the words of the limit. */
export function metByText({ metBy }: Pick<Sleep, "metBy">): string {
  return metBy === undefined ? "" : ` (met by ${metBy}, which has the same account)`;
}

const kindTexts: Readonly<Record<Limit["kind"], string>> = {
  usage: "has used up its limit and sleeps",
  rate: "is asked too often and sleeps",
  overload: "has an overloaded provider and sleeps",
  billing: "has to be paid for first and sleeps",
};

/** When it is over; where the agent did not say so, when it is tried again. */
function untilText({ until, resetAt }: Pick<Sleep, "until" | "resetAt">): string {
  if (resetAt !== null) return plainTime(until);
  return `${plainTime(until)}, when it is tried again (it does not say when that is over)`;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

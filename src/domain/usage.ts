/** What agents tell of their use, added up. What none has told stays unknown. */

import type { Usage } from "./agent.ts";

const counted = ["inputTokens", "cachedTokens", "outputTokens", "costUsd"] as const;

/** What came on top since `before`; both count from the same beginning. */
export function usageSince(before: Usage | null, after: Usage): Usage {
  const since: { -readonly [K in keyof Usage]: Usage[K] } = {};
  for (const part of counted) {
    const now = after[part];
    if (now !== undefined) since[part] = Math.max(0, now - (before?.[part] ?? 0));
  }
  return since;
}

/** Of both, one after the other: what the conversation and the plan hold is told by the later one. */
export function addUsage(before: Usage | null, after: Usage | null): Usage | null {
  if (before === null || after === null) return before ?? after;
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = {};
  for (const part of counted) {
    const [first, second] = [before[part], after[part]];
    if (first !== undefined || second !== undefined) sum[part] = (first ?? 0) + (second ?? 0);
  }
  const context = after.context ?? before.context;
  const quota = after.quota ?? before.quota;
  return {
    ...sum,
    ...(context === undefined ? {} : { context }),
    ...(quota === undefined ? {} : { quota }),
  };
}

/** Waiting for something to become true in the project, by looking whenever it has changed. */

import type { Instant } from "../domain/id.ts";
import type { Context } from "./context.ts";

export interface Following {
  readonly signal: AbortSignal;
  readonly until: Instant;
}

/** What `look` finds first; `null`: neither by `until` nor before the signal came. */
export async function untilFound<T>(
  context: Context,
  { signal, until }: Following,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  // Its rejection is the end of the waiting, which `both` tells.
  const timer = context.clock.until(until, both).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    for await (const _ of context.changes(both)) {
      const found = await look();
      if (found !== null) return found;
    }
    return await look();
  } finally {
    over.abort();
    await timer;
  }
}

/** Observations as evidence, in one sentence each. */

import type { Evidence, Source } from "../domain/agent.ts";
import type { Clock } from "../lib/clock.ts";

export function evidence(clock: Clock, source: Source, says: string): Evidence {
  return { at: clock.now(), source, says };
}

/** `a, b, c and 4 more` */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** Observations as evidence, in one sentence each. */

import type { Evidence, Source } from "../domain/agent.ts";
import type { Clock } from "../lib/clock.ts";

export function evidence(clock: Clock, source: Source, says: string): Evidence {
  return { at: clock.now(), source, says };
}

/** Reset times in the words of one agent, as of now. */

import type { AgentSpec } from "../domain/agent.ts";
import type { Instant } from "../domain/id.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";
import { localZone, readResetTime } from "./reset-time.ts";

/** Of the clock that its CLI reads: it writes times of day in the zone of its environment. */
export function zoneOf({ env }: Pick<AgentSpec, "env">): string {
  return env["TZ"] || localZone();
}

export function resetTimeFor(agent: AgentSpec, clock: Clock): (words: string) => Instant | null {
  const zone = zoneOf(agent);
  return (words) => readResetTime(words, timeOfDay(clock), zone);
}

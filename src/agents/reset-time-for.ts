/** Reset times in the words of one agent, as of now. */

import type { AgentSpec } from "../domain/agent.ts";
import type { Instant } from "../domain/id.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";
import { readResetTime } from "./reset-time.ts";

/** A CLI writes times of day in the zone of its environment, or of this machine. */
export function resetTimeFor(agent: AgentSpec, clock: Clock): (words: string) => Instant | null {
  const zone = agent.env["TZ"] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (words) => readResetTime(words, timeOfDay(clock), zone);
}

/** When time alone will change something: the one alarm that control has to set. */

import type { Instant } from "./id.ts";
import { isRunning, type State } from "./state.ts";

/** The first instant after `decidedAt`, the one of the last decision; `null`: never. */
export function nextTick(state: State, decidedAt: Instant): Instant | null {
  if (!isRunning(state)) return null;
  let next: Instant | null = null;
  for (const due of [state.run.policy.deadline ?? decidedAt, ...state.timers.values()]) {
    if (due > decidedAt && (next === null || due < next)) next = due;
  }
  return next;
}

/** When time alone will change something: the one alarm that control has to set. */

import { conductorAlarms } from "./decide-conductor.ts";
import type { Instant } from "./id.ts";
import { parkingTimes } from "./park.ts";
import { isRunning, type Run, type State } from "./state.ts";

/** The first instant after `decidedAt`, the one of the last decision; `null`: never. */
export function nextTick(state: State, decidedAt: Instant): Instant | null {
  if (!isRunning(state)) return null;
  let next: Instant | null = null;
  for (const due of [
    ...alarms(state, decidedAt),
    ...state.timers.values(),
    ...parkingTimes(state),
  ]) {
    if (due > decidedAt && (next === null || due < next)) next = due;
  }
  return next;
}

function* alarms(state: State & { run: Run }, decidedAt: Instant): Generator<Instant> {
  if (state.run.policy.deadline !== null) yield state.run.policy.deadline;
  for (const { asleep, broken } of state.slots.values()) {
    if (asleep !== null) yield asleep.until;
    if (broken !== null) yield broken.retryAt;
  }
  yield* conductorAlarms(state, decidedAt);
}

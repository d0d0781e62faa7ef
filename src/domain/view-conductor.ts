/** The conductor as people see it in the status. */

import type { State } from "./state.ts";
import { conductorPolicy } from "./succession.ts";
import { countText, oneLine } from "./view-text.ts";
import { isoTime } from "./view-time.ts";

/** `null`: none is configured, or no run is open. `cutOff`: no process is at work on the run. */
export function conductorJson(state: State, hasRunner: boolean) {
  const policy = conductorPolicy(state);
  if (policy === null) return null;
  const { term, agent, since, acknowledgedAt, call, callsOfRun, percent } = state.conductor;
  return {
    order: policy.order,
    agent,
    term,
    since: agent === null ? null : isoTime(since),
    acknowledged: acknowledgedAt !== null,
    cutOff: !hasRunner,
    judges: call?.about.map(({ says }) => says) ?? [],
    calls: callsOfRun,
    callsLeft: Math.max(0, policy.calls - callsOfRun),
    percent,
  };
}

/** One line; `null`: none is configured, or no run is open. */
export function conductorLine(state: State, hasRunner = true): string | null {
  const policy = conductorPolicy(state);
  if (policy === null) return null;
  const { term, agent, why, acknowledgedAt, call, callsOfRun, percent } = state.conductor;
  const calls = `${countText(callsOfRun, "call")} of ${policy.calls}`;
  if (agent === null) {
    const vacant = term === 0 ? "nothing had to be judged yet" : `vacant: ${oneLine(why, 120)}`;
    return `${vacant}; ${calls}`;
  }
  const full = percent === null ? "" : `, ${Math.round(percent)} % full`;
  if (!hasRunner) {
    const judged = call === null ? "" : ` while it judged ${countText(call.about.length, "point")}`;
    return `${agent}, term ${term}: cut off${judged}; the next start begins a new term; ${calls}`;
  }
  const doing =
    call === null
      ? "waits for something to judge"
      : `judges ${countText(call.about.length, "point")}${acknowledgedAt === null ? ", not acknowledged yet" : ""}`;
  return `${agent}, term ${term}${full}: ${doing}; ${calls}`;
}

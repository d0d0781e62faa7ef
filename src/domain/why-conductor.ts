/** Why is the conductor who it is, and what does it judge? And what is told of it elsewhere. */

import type { Evidence } from "./agent.ts";
import type { Judgement } from "./conductor.ts";
import type { AgentName, Instant, TaskId } from "./id.ts";
import { canCall, judgements } from "./judgement.ts";
import type { State } from "./state.ts";
import { conductorPolicy, unfitness } from "./succession.ts";
import { countText } from "./view-text.ts";
import { plainTime } from "./view-time.ts";
import { bySchedule } from "./why-attempt.ts";

export type OfficeState = "judging" | "in office" | "vacant";

interface WhyConductor {
  readonly subject: string;
  readonly state: OfficeState;
  readonly because: readonly Evidence[];
}

/** Of what was decided the last are told (chosen); the log has them all. */
const mostDecided = 5;

/** `null`: none is configured, and there never was one. */
export function whyConductor(state: State, now: Instant, hasRunner: boolean): WhyConductor | null {
  const { conductor } = state;
  const policy = conductorPolicy(state);
  if (policy === null && conductor.term === 0) return null;
  const { agent, call, callsOfRun } = conductor;
  const because = [
    ...decisions(state),
    whoHolds(state, now),
    ...passedOver(state, now),
    ...(call?.about ?? []).map((point) => bySchedule(call?.at ?? now, `it judges: ${point.says}`)),
    ...pending(state, now),
    ...(policy === null
      ? [bySchedule(state.lastAt, "no run is open, or none with a conductor")]
      : [bySchedule(now, `${countText(callsOfRun, "call")} of ${policy.calls} in this run`)]),
  ];
  const isIn = policy !== null && agent !== null && hasRunner;
  const name = !isIn ? "vacant" : call === null ? "in office" : "judging";
  return { subject: "conductor", state: name, because };
}

function decisions({ conductor: { decided } }: State): readonly Evidence[] {
  return decided.slice(-mostDecided).map(({ term, by, at, text }) => {
    return { at, source: "report", says: `${by}, term ${term}, has decided: ${text}` };
  });
}

function whoHolds(state: State, now: Instant): Evidence {
  const { conductor } = state;
  const { term, agent, since, after, why, acknowledgedAt } = conductor;
  if (term === 0) return bySchedule(now, "nothing had to be judged yet");
  if (agent === null) return bySchedule(since, `nobody holds the role since term ${term}: ${why}`);
  const follows = after === null ? "" : `, after ${after}`;
  const role = acknowledgedAt === null ? "has not acknowledged it yet" : "has acknowledged it";
  const holds = conductorPolicy(state) === null ? "held" : "holds";
  return bySchedule(
    since,
    `${agent} ${holds} the role in term ${term}${follows}: ${why}; it ${role}`,
  );
}

function passedOver(state: State, now: Instant): readonly Evidence[] {
  return (conductorPolicy(state)?.order ?? []).flatMap((agent) => {
    const unfit = unfitness(state, agent, now);
    if (unfit === null) return [];
    const says = `${agent} is passed over until ${plainTime(unfit.until)}: ${unfit.why}`;
    return [bySchedule(now, says)];
  });
}

/** What waits, and for what. */
function pending(state: State, now: Instant): readonly Evidence[] {
  const known = new Set(state.conductor.call?.about.map(({ key }) => key));
  const open = judgements(state).filter(({ key }) => !known.has(key));
  const why = open.length === 0 ? "" : waitsFor(state, now);
  return open.map(({ says }) => bySchedule(now, `to be judged ${why}: ${says}`));
}

function waitsFor(state: State, now: Instant): string {
  const policy = conductorPolicy(state);
  if (policy === null) return "in the next run that has a conductor";
  const { call, callsOfRun, lastCallAt } = state.conductor;
  if (callsOfRun >= policy.calls)
    return `by you: its ${policy.calls} calls of this run are used up`;
  if (call !== null) return "in its next call";
  if (state.paused) return "once the project is resumed";
  if (!canCall(state, policy, now)) return "once somebody can hold the role";
  const ready = (lastCallAt ?? now) + policy.coolDownMs;
  return ready > now && lastCallAt !== null ? `from ${plainTime(ready)} on` : "in its next call";
}

/** Is it judging as the conductor now? */
export function isInCall(state: State, agent: AgentName): boolean {
  const { conductor } = state;
  return conductorPolicy(state) !== null && conductor.agent === agent && conductor.call !== null;
}

/** Of an agent: that it is in office, beside what its slots do. */
export function whyInOffice(state: State, agent: AgentName): readonly Evidence[] {
  const { conductor } = state;
  if (conductorPolicy(state) === null || conductor.agent !== agent) return [];
  const { term, call, since } = conductor;
  if (call === null) {
    return [bySchedule(since, `${agent} is the conductor, term ${term}; it is in no call now`)];
  }
  const points = countText(call.about.length, "point");
  const says = `${agent} is in a call as the conductor, term ${term}: ${points}; temoin why conductor tells which`;
  return [bySchedule(call.at, says)];
}

/** Of a task: what of it is with the conductor, or will be. */
export function whyToBeJudged(state: State, id: TaskId, now: Instant): readonly Evidence[] {
  const { call, agent, term } = state.conductor;
  if (conductorPolicy(state) === null) return [];
  const own = [...state.inbox.values()].filter(({ task }) => task === id);
  const keys = new Set(own.map(({ key, at }) => `${key}@${at}`));
  const isOwn = ({ key }: Judgement): boolean => keys.has(key);
  if (call?.about.some(isOwn) === true) {
    return [bySchedule(call.at, `${agent}, the conductor in term ${term}, is called to judge it`)];
  }
  if (!judgements(state).some(isOwn)) return [];
  return [bySchedule(now, `the conductor is to judge it ${waitsFor(state, now)}`)];
}

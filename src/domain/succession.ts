/** Who may hold the role of the conductor now, who is next, and when one that is passed over may again. */

import type { ConductorPolicy, Unfit } from "./conductor.ts";
import type { AgentName, Instant } from "./id.ts";
import { isGivenUp, type Slot } from "./slot.ts";
import { isRunning, type State } from "./state.ts";

/** The line of the inbox that says that nobody can hold the role. */
export const vacantKey = "conductor";

/** `null`: none is configured, or no run is open. */
export function conductorPolicy(state: State): ConductorPolicy | null {
  return isRunning(state) ? (state.run.policy.conductor ?? null) : null;
}

/** Why the agent cannot hold the role now, and until when; `null`: it can. */
export function unfitness(state: State, agent: AgentName, now: Instant): Unfit | null {
  const passedOver = state.conductor.unfit[agent];
  if (passedOver !== undefined && passedOver.until > now) return passedOver;
  // Where all its slots sleep or are broken, its account or its program is.
  const slots = [...state.slots.values()].filter(({ spec }) => spec.agent === agent);
  const held = slots.map(({ asleep, broken }): Unfit | null => {
    if (asleep !== null) return { why: asleep.says, until: asleep.until, isLimited: true };
    return broken && { why: broken.why, until: broken.retryAt, isLimited: false };
  });
  if (held.length === 0 || held.includes(null)) return null;
  return held.reduce((first, one) => {
    return first === null || (one !== null && one.until < first.until) ? one : first;
  }, null);
}

/** Who holds the role next: the first in the order that can, and another than `not` where one can. */
export function successor(
  state: State,
  { order }: ConductorPolicy,
  { now, not }: { readonly now: Instant; readonly not: AgentName | null },
): AgentName | null {
  const fit = order.filter((agent) => unfitness(state, agent, now) === null);
  return fit.find((agent) => agent !== not) ?? fit[0] ?? null;
}

/** When the first of those that are passed over can hold the role again; `null`: nobody is. */
export function fitAgainAt(state: State, { order }: ConductorPolicy, now: Instant): Instant | null {
  const ends = order.flatMap((agent) => unfitness(state, agent, now)?.until ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Is it a slot of the one in office? */
export function isConductors(state: State, { spec }: Pick<Slot, "spec">): boolean {
  return conductorPolicy(state) !== null && spec.agent === state.conductor.agent;
}

/**
 * Slots that get no task but what is pinned to their agent: the conductor's, unless it works too or
 * nobody else can be used.
 */
export function barred(state: State): (slot: Slot) => boolean {
  const policy = conductorPolicy(state);
  if (policy === null || policy.works) return () => false;
  const { agent, unfit } = state.conductor;
  // Before the first call nobody is in office: who would be is kept free for it.
  const kept = agent ?? policy.order.find((one) => unfit[one] === undefined);
  const others = [...state.slots.values()].filter(({ spec }) => spec.agent !== kept);
  if (others.every(isGivenUp)) return () => false;
  return ({ spec }) => spec.agent === kept;
}

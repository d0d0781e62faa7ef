/**
 * How far the expected end can be off: from a good course of things to a bad one, both out of what
 * has been seen. The good one has the attempts as short as the shortest tenth was, against what was
 * expected of them; the bad one as long as the longest tenth, as often tried as tasks were until
 * now, in the worst order that a greedy schedule can have (Graham: the longest chain, and all the
 * rest spread over the slots), and their landings one after the other.
 *
 * The range always contains the expected end, and more slots make neither end of it later.
 */

import { eta, expectedMsOf, longestChainMs, medianAttemptMs, reachable } from "./eta.ts";
import type { Instant, TaskId } from "./id.ts";
import { isAwake } from "./slot.ts";
import type { State } from "./state.ts";
import type { Task } from "./task.ts";

export type EtaRange = readonly [from: Instant, to: Instant];

/** While fewer attempts were seen, half and twice what is expected are within the range (chosen). */
const enough = 5;
const usualSpread = { low: 0.5, high: 2 } as const;

/** `null` where the end is unknown. */
export function etaRange(state: State, now: Instant): EtaRange | null {
  const end = eta(state, now);
  if (end === null) return null;
  const slots = [...state.slots.values()].filter(isAwake).length;
  const tasks = reachable(state);
  if (tasks.length === 0 || slots === 0) return [end, end];
  const history = historyOf(state);
  const good = new Map<TaskId, number>();
  const bad = new Map<TaskId, number>();
  for (const task of tasks) {
    const expectedMs = expectedMsOf(task, history.usualMs) ?? 0;
    good.set(task.spec.id, leftMs(task, expectedMs * history.low, now));
    bad.set(task.spec.id, leftMs(task, expectedMs * history.high * history.tries, now));
  }
  const goodMs = Math.max(sum(good) / slots, longestChainMs(state, good));
  const chainMs = longestChainMs(state, bad);
  const worstMs = chainMs + (sum(bad) - chainMs) / slots;
  const landingsMs = tasks.length * history.landingMs;
  const badMs = Math.max(worstMs + history.landingMs, landingsMs);
  return [Math.min(end, Math.round(now + goodMs)), Math.max(end, Math.round(now + badMs))];
}

interface History {
  readonly usualMs: number | null;
  /** What attempts took, as parts of what was expected of them. */
  readonly low: number;
  readonly high: number;
  /** Attempts of a task until it came to a stand, at least 1. */
  readonly tries: number;
  /** Gates on a landing. */
  readonly landingMs: number;
}

function historyOf(state: State): History {
  const usualMs = medianAttemptMs(state);
  const ratios: number[] = [];
  let tried = 0;
  let tries = 0;
  let landings = 0;
  let landingMs = 0;
  for (const task of state.tasks.values()) {
    const expectedMs = expectedMsOf(task, usualMs);
    for (const attempt of task.attempts) {
      if (attempt.phase === "ended" && attempt.outcome === "verified" && expectedMs !== null) {
        ratios.push((attempt.endedAt - attempt.startedAt) / expectedMs);
      }
      const onLanding = attempt.gates.filter((gate) => gate.where === "landing");
      if (onLanding.length > 0) landings += 1;
      for (const gate of onLanding) landingMs += gate.durationMs;
    }
    if (task.attempts.length > 0 && task.state !== "running") {
      tried += 1;
      tries += task.attempts.length - task.lifeStart;
    }
  }
  return {
    usualMs,
    ...spreadOf(ratios.filter(Number.isFinite)),
    tries: tried === 0 ? 1 : Math.max(1, tries / tried),
    landingMs: landings === 0 ? 0 : landingMs / landings,
  };
}

/** The range always holds what is expected itself. */
function spreadOf(ratios: number[]): { readonly low: number; readonly high: number } {
  ratios.sort((a, b) => a - b);
  const low = ratios[Math.floor(ratios.length / 10)] ?? 1;
  const high = ratios[Math.ceil((ratios.length * 9) / 10) - 1] ?? 1;
  if (ratios.length >= enough) return { low: Math.min(1, low), high: Math.max(1, high) };
  return { low: Math.min(usualSpread.low, low), high: Math.max(usualSpread.high, high) };
}

function leftMs(task: Task, wholeMs: number, now: Instant): number {
  if (task.state === "landing") return 0;
  if (task.state !== "running") return wholeMs;
  const startedAt = task.attempts[task.attempt - 1]?.startedAt ?? now;
  return Math.max(0, wholeMs - (now - startedAt));
}

function sum(parts: ReadonlyMap<TaskId, number>): number {
  let total = 0;
  for (const ms of parts.values()) total += ms;
  return total;
}

/**
 * What needs judgement now: an ask or a blocked task in the inbox, a task that has failed its last
 * attempt, a phase that has ended, a goal that is not met with nothing left to do. Each is judged
 * once; where there is nothing, nobody is called.
 */

import type { ConductorPolicy, Judgement } from "./conductor.ts";
import type { InboxItem } from "./event.ts";
import { goal, isQueueMet } from "./goal-items.ts";
import type { Instant } from "./id.ts";
import type { State } from "./state.ts";
import { conductorPolicy, successor } from "./succession.ts";

/** Kinds of the inbox with which a conductor can do something. */
const judged: ReadonlySet<InboxItem["kind"]> = new Set([
  "ask",
  "blocked",
  "failed",
  "no_change",
  "dependency",
  "criterion",
  "fix",
]);

/** All that has not been judged, in the order in which it came. */
export function judgements(state: State): readonly Judgement[] {
  const known = new Set(state.conductor.judged);
  const found: Judgement[] = [];
  for (const { key, kind, says, at } of state.inbox.values()) {
    if (judged.has(kind) && !isForPerson(state, key)) found.push({ key: `${key}@${at}`, says });
  }
  // With nothing left to do the goal tells what is missing, and there is no next phase.
  const ended = isQueueMet(state) ? [] : phasesOf(state);
  for (const { file, name, tasks } of ended) {
    const key = `phase:${file}:${name}`;
    if (tasks.length === 0 || known.has(key)) continue;
    if (!tasks.every((id) => isSettled(state, id))) continue;
    found.push({ key, says: `the phase “${name}” of ${file} has ended` });
  }
  const missing = unmetGoal(state);
  if (missing !== null) found.push(missing);
  return found.filter(({ key }) => !known.has(key));
}

/** Keys that are known and still mean something: of the others nobody asks any more. */
export function stillThere(state: State, keys: readonly string[]): readonly string[] {
  const items = new Set([...state.inbox.values()].map(({ key, at }) => `${key}@${at}`));
  return keys.filter((key) => /^(?:phase|goal):/.test(key) || items.has(key));
}

/** Something waits to be judged, and somebody can be called for it: by itself, or when time passes. */
export function willBeJudged(state: State, now: Instant): boolean {
  const policy = conductorPolicy(state);
  if (policy === null) return false;
  if (state.conductor.call !== null) return true;
  return canCall(state, policy, now) && judgements(state).length > 0;
}

/** A call is left, and somebody holds the role or could. */
export function canCall(state: State, policy: ConductorPolicy, now: Instant): boolean {
  const { agent, callsOfRun } = state.conductor;
  if (callsOfRun >= policy.calls) return false;
  return agent !== null || successor(state, policy, { now, not: null }) !== null;
}

/** What only a person may allow is no conductor's. */
function isForPerson(state: State, key: string): boolean {
  if (!key.startsWith("ask:")) return false;
  const open = state.asks.get(key.slice("ask:".length));
  return open === undefined || open.ask.careful !== undefined || open.ask.kind === "dialog";
}

function* phasesOf(state: State) {
  for (const phases of state.phases.values()) yield* phases;
}

function isSettled(state: State, id: Parameters<State["tasks"]["get"]>[0]): boolean {
  const found = state.tasks.get(id);
  return found === undefined || ["done", "skipped", "cancelled"].includes(found.state);
}

function unmetGoal(state: State): Judgement | null {
  const { goalCheck } = state;
  if (goalCheck?.results == null || goalCheck.isPartial || !isQueueMet(state)) return null;
  const missing = goal(state).filter((item) => !item.met);
  if (missing.length === 0) return null;
  const what = missing.map(({ name, detail }) => `${name} (${detail})`).join(", ");
  return { key: `goal:${goalCheck.check}`, says: `the goal is not met: ${what}` };
}

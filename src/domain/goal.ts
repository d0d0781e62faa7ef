/** Is the run over, and how does it end? */

import { noMoreWork } from "./budget.ts";
import { goal } from "./goal-items.ts";
import type { Instant } from "./id.ts";
import { willBeJudged } from "./judgement.ts";
import { knownRoles, mayTake } from "./may-take.ts";
import type { GoalResult } from "./run-event.ts";
import { heldBy } from "./schedule.ts";
import { isGivenUp, isHopeful, type Slot } from "./slot.ts";
import { isHeldBack, isRunning, type Run, type State, taskOf } from "./state.ts";
import type { Task } from "./task.ts";
import { countText, listText } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

export type Outlook =
  /** Something is at work, or will be without a person's help. */
  | { readonly kind: "working" }
  /** Nothing is left that can go on: look at the goal, and let the person's branch follow. */
  | { readonly kind: "ask_goal" }
  | ({ readonly kind: "over" } & RunEnd);

/** How a run ends, and why. */
export interface RunEnd {
  readonly exitCode: number;
  readonly why: string;
}

/** Exit codes of `temoin run`; signals, wrong configuration and internal errors come from outside. */
export const runExit = {
  met: 0,
  nothingLeft: 3,
  needsHuman: 4,
  gatesRed: 5,
  /** The budget is used up, or the deadline has passed. */
  budget: 6,
  noAgent: 7,
  limited: 8,
  /** By `temoin down`: as by the signal that a service manager sends. */
  asked: 143,
} as const;

export function outlook(state: State, now: Instant): Outlook {
  if (!isRunning(state)) return over(runExit.nothingLeft, "no run is open");
  if (state.running.size > 0 || isLandingAtWork(state)) return { kind: "working" };
  if (state.goalCheck !== null && state.goalCheck.results === null) return { kind: "working" };
  if (state.run.stopping !== null) return over(state.run.stopExitCode, state.run.stopping);
  const late = noMoreWork(state, now);
  if (late === null && canGoOn(state)) return { kind: "working" };
  if (state.goalCheck === null || state.goalCheck.isPartial) return { kind: "ask_goal" };
  const missing = goal(state).filter((item) => !item.met);
  // Whoever is called to judge is heard to the end: what it adds counts.
  const isMet = missing.length === 0;
  if (isMet) return state.conductor.call === null ? met(state) : { kind: "working" };
  if (late !== null) return over(runExit.budget, `${late}${leftText(state, missing)}`);
  if (willBeJudged(state, now)) return { kind: "working" };
  return stuck(state, missing);
}

function met(state: State): Outlook {
  const follow = state.inbox.get("follow");
  const isMet = `the goal is met${givenUpText(state)}`;
  return follow === undefined
    ? over(runExit.met, isMet)
    : over(runExit.needsHuman, `${isMet}, but ${follow.says}`);
}

/** What nobody does any more counts as settled: that is said. */
function givenUpText(state: State): string {
  const states = [...state.tasks.values()].map((task) => task.state);
  const given = states.filter((one) => one === "skipped" || one === "cancelled");
  if (given.length === 0) return "";
  const counts = (["done", "skipped", "cancelled"] as const).map((settled) => {
    return `${states.filter((one) => one === settled).length} ${settled}`;
  });
  return ` (of ${countText(states.length, "task")} ${listText(counts)})`;
}

/** Nothing is at work; will anything be, without a person? */
function canGoOn(state: State & { run: Run }): boolean {
  if (state.paused && state.queued.size > 0) return true;
  const { deadline } = state.run.policy;
  const slots = [...state.slots.values()].filter((slot) => isHopeful(slot, deadline));
  if (slots.length === 0) return false;
  if (state.timers.size > 0) return true;
  const roles = knownRoles(state);
  for (const task of state.queued.values()) {
    // Nothing is at work: what holds its files waits itself, until a person mends the target.
    if (task.paused || heldBy(state, task) !== null) continue;
    if (slots.some((slot) => mayTake(task, slot.spec, roles))) return true;
  }
  return false;
}

/**
 * Nothing is at work, and who may take what is queued is limited or cannot be used: then the first
 * of them is tried. `null`: it is not so.
 */
export function waitsUntil(state: State): Instant | null {
  if (!isRunning(state) || state.running.size > 0 || isLandingAtWork(state)) return null;
  if (![...state.queued.values()].some((task) => !task.paused)) return null;
  const wakes = [...state.slots.values()].flatMap(({ asleep, broken }) =>
    [asleep?.until, broken?.retryAt].filter((at) => at !== undefined),
  );
  return wakes.length === 0 ? null : Math.min(...wakes);
}

function stuck(state: State & { run: Run }, missing: readonly GoalResult[]): Outlook {
  const open = [...state.tasks.values()].filter((task) => isOpen(task));
  const slots = [...state.slots.values()];
  if (slots.every(isGivenUp) && open.length > 0) {
    const reasons = slots.map(({ spec, broken }) => `${spec.id}: ${broken?.why}`);
    const why = reasons.length === 0 ? "no agent is configured" : reasons.join("; ");
    return over(runExit.noAgent, `no usable agent (${why})`);
  }
  // All that keeps them is that whoever may take them sleeps.
  const kept = open.filter((task) => {
    return task.state === "queued" && !task.paused && heldBy(state, task) === null;
  });
  if (kept.length > 0 || state.timers.size > 0) {
    return over(runExit.limited, limitedText(slots, state.run.policy.deadline));
  }
  if (state.redTarget !== null && state.landing.size > 0) {
    const waits = countText(state.landing.size, "landing");
    return over(runExit.needsHuman, `the target is red and nobody mends it: ${waits} held back`);
  }
  const human = open.filter((task) => task.state === "needs_human" || task.paused);
  const asked = [...state.inbox.values()].find(({ kind }) => kind === "follow" || kind === "goal");
  if (human.length > 0 || asked !== undefined) {
    const ids = human.map(({ spec }) => spec.id);
    const what = ids.length > 0 ? listText(ids) : (asked?.says ?? "");
    return over(runExit.needsHuman, `${Math.max(1, human.length)} waiting for a person: ${what}`);
  }
  const red = open.filter((task) => task.state === "failed" && isGateRed(task));
  // With tasks open the gates are not looked at: that is no reason to call them red.
  const seen = state.goalCheck?.results?.find((item) => item.name === "gates");
  if (red.length > 0 || seen?.met === false) {
    const ids = red.map(({ spec }) => spec.id);
    const what = ids.length > 0 ? listText(ids) : (seen?.detail ?? "");
    return over(runExit.gatesRed, `gates are red and no attempt is left: ${what}`);
  }
  const what = missing.map((item) => `${item.name} (${item.detail})`).join(", ");
  return over(runExit.nothingLeft, `nothing is left that can go on; missing: ${what}`);
}

/** What a run that has to stop leaves behind. */
function leftText(state: State, missing: readonly GoalResult[]): string {
  const open = [...state.tasks.values()].filter(isOpen).map((task) => task.spec.id);
  if (open.length > 0) return `; left: ${countText(open.length, "task")} (${listText(open)})`;
  return `; missing: ${missing.map((item) => item.name).join(", ")}`;
}

/** Does anything land, or only wait until the target is green? */
function isLandingAtWork(state: State): boolean {
  if (state.redTarget === null) return state.landing.size > 0;
  for (const id of state.landing.keys()) {
    if (!isHeldBack(state, taskOf(state, id))) return true;
  }
  return false;
}

function limitedText(slots: readonly Slot[], deadline: Instant | null): string {
  const sleepers = slots.flatMap(({ spec, asleep, broken }) => {
    if (asleep === null) return broken === null ? [] : [`${spec.id} cannot be used: ${broken.why}`];
    const { resetAt, says } = asleep;
    if (resetAt === null) return [`${spec.id}: ${says}, and not until when`];
    return [`${spec.id} until ${plainTime(resetAt)}: ${says}`];
  });
  const late = deadline === null ? "" : ` beyond the deadline ${plainTime(deadline)}`;
  return `every agent that may take what is left is limited${late} (${sleepers.join("; ")})`;
}

function isOpen(task: Task): boolean {
  return task.state !== "done" && task.state !== "skipped" && task.state !== "cancelled";
}

function isGateRed(task: Task): boolean {
  const last = task.attempts.at(-1);
  return last?.phase === "ended" && last.outcome === "gate_failed";
}

function over(exitCode: number, why: string): Outlook {
  return { kind: "over", exitCode, why };
}

/** How a run, its tasks and its agents stand, in a line each. Plain text; it may hold words of others. */

import { lowDiskText } from "./disk.ts";
import { eta } from "./eta.ts";
import { etaRange } from "./eta-range.ts";
import { waitsUntil } from "./goal.ts";
import type { Instant } from "./id.ts";
import { isRunning, type State } from "./state.ts";
import { taskStates } from "./task.ts";
import type { ShownSlot } from "./view-agent.ts";
import { durationText } from "./view-duration.ts";
import { countTasks } from "./view-task.ts";
import { countText, oneLine, plainWord } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

/** Less to go is not told: no estimate is that good (chosen). */
const leastLeftMs = 1_000;

export interface RunFacts {
  readonly now: Instant;
  /** Is a process at work on the run? */
  readonly hasRunner: boolean;
  /** Which one, in words; empty: not to be told. */
  readonly who?: string;
}

export type RunState = "none" | "running" | "paused" | "stopping" | "interrupted" | "ended";

/** `interrupted`: its process is gone without a word; the next start goes on from there. */
export function runState(state: State, hasRunner: boolean): RunState {
  if (state.run === null) return "none";
  if (state.run.ended !== null) return "ended";
  if (!hasRunner) return "interrupted";
  if (state.run.stopping !== null) return "stopping";
  return state.paused ? "paused" : "running";
}

export function runLine(state: State, { now, hasRunner, who = "" }: RunFacts): string {
  const { run } = state;
  const name = runState(state, hasRunner);
  if (run === null) return "No run has begun yet.";
  const reason = run.ended?.why ?? run.stopping;
  const why = reason === null ? "" : `: ${oneLine(reason)}`;
  if (run.ended !== null) {
    return `The last run ended ${durationText(now - run.ended.at)} ago${why}`;
  }
  if (name === "interrupted") return cutOffLine(state);
  if (state.lowDisk !== null && name === "running") {
    return `waiting on ${run.target}${nameOf(who)}: ${oneLine(lowDiskText(state.lowDisk))}`;
  }
  const wait = waitsUntil(state);
  if (wait !== null && name === "running") {
    const left = durationText(wait - now);
    return `waiting on ${run.target}${nameOf(who)}: no agent that may go on can be used before ${plainTime(wait)}, in ${left}`;
  }
  const end = isRunning(state) ? eta(state, now) : null;
  // Of an estimate that is used up, nothing is to be said.
  const left =
    end === null || end - now < leastLeftMs
      ? ""
      : `, about ${durationText(end - now)} to go${rangeText(state, now)}`;
  return `${name} on ${run.target}${nameOf(who)} for ${durationText(now - run.startedAt)}${why}${left}`;
}

function cutOffLine({ running, landing }: State): string {
  const parts = [
    ...(running.size === 0 ? [] : [`${countText(running.size, "attempt")} at work`]),
    ...(landing.size === 0 ? [] : [countText(landing.size, "landing")]),
  ];
  const what = parts.length === 0 ? "what is left" : parts.join(" and ");
  return `The last run was cut off, and temoin is not running: the next \`temoin up\` takes up ${what}.`;
}

/** ` (5 min to 20 min)`, or nothing where both are the same. */
export function rangeText(state: State, now: Instant): string {
  const range = etaRange(state, now);
  if (range === null) return "";
  const [from, to] = range.map((at) => durationText(Math.max(0, at - now)));
  return from === to ? "" : ` (${from} to ${to})`;
}

function nameOf(who: string): string {
  return who === "" ? "" : ` (${who})`;
}

/** `3 done · 1 running`; states without a task are left out. */
export function tasksLine(state: State): string {
  const counts = countTasks(state);
  const known = taskStates.filter((name) => counts[name] > 0);
  return known.map((name) => `${counts[name]} ${plainWord(name)}`).join(" · ") || "none";
}

/** Why a slot stands as it stands; what a person can do something about comes first. */
export function slotReason(
  { held, why, phase }: Pick<ShownSlot, "held" | "why" | "phase">,
  asks: readonly string[],
): string {
  const parts = [
    ...(held ? ["a person is typing"] : []),
    ...(asks.length === 0 ? [] : [asks.join(", ")]),
    ...(why === null ? [] : [why]),
  ];
  return parts.length === 0 ? (phase ?? "") : parts.join(": ");
}

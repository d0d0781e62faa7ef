/** How a run, its tasks and its agents stand, in a line each. Plain text; it may hold words of others. */

import { eta } from "./eta.ts";
import type { Instant } from "./id.ts";
import { isRunning, type State } from "./state.ts";
import { taskStates } from "./task.ts";
import type { ShownSlot } from "./view-agent.ts";
import { durationText } from "./view-duration.ts";
import { countTasks, runState } from "./view-json.ts";
import { oneLine, plainWord } from "./view-text.ts";

export interface RunFacts {
  readonly now: Instant;
  /** Is a process at work on the run? */
  readonly hasRunner: boolean;
  /** Which one, in words; empty: not to be told. */
  readonly who?: string;
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
  if (name === "interrupted") return "The last run was cut off; the next one goes on from there.";
  const end = isRunning(state) ? eta(state, now) : null;
  const left = end === null ? "" : `, about ${durationText(end - now)} to go`;
  const by = who === "" ? "" : ` (${who})`;
  return `${name} on ${run.target}${by} for ${durationText(now - run.startedAt)}${why}${left}`;
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

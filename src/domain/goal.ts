/** Is the run over? What is missing from its goal? */

import type { GoalResult } from "./event.ts";
import type { Instant } from "./id.ts";
import type { GoalItem } from "./policy.ts";
import { isRunning, type State } from "./state.ts";
import type { Task } from "./task.ts";

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
  deadline: 6,
  noAgent: 7,
  /** By `temoin down`: as by the signal that a service manager sends. */
  asked: 143,
} as const;

export function outlook(state: State, now: Instant): Outlook {
  if (!isRunning(state)) return over(runExit.nothingLeft, "no run is open");
  const { policy } = state.run;
  if (state.running.size > 0 || state.landing.size > 0) return { kind: "working" };
  if (state.goalCheck !== null && state.goalCheck.results === null) return { kind: "working" };
  if (state.run.stopping !== null) return over(state.run.stopExitCode, state.run.stopping);
  const late = policy.deadline !== null && now >= policy.deadline;
  if (!late && canGoOn(state)) return { kind: "working" };
  if (state.goalCheck === null) return { kind: "ask_goal" };
  const missing = goal(state).filter((item) => !item.met);
  if (missing.length === 0) return met(state);
  if (late) return over(runExit.deadline, "the deadline has passed");
  return stuck(state, missing);
}

/** Each item of the goal, as far as it is known. `detail` says what is missing. */
export function goal(state: State): readonly GoalResult[] {
  const items = state.run?.policy.goal ?? [];
  const results = state.goalCheck?.results ?? [];
  return items.map((item) => {
    const name = goalName(item);
    if (item.kind === "queue") {
      const open = state.tasks.size - state.settled;
      const detail =
        open === 0 ? "every task is done" : `${open} of ${state.tasks.size} tasks open`;
      return { name, met: open === 0, detail };
    }
    const result = results.find((known) => known.name === name);
    return result ?? { name, met: false, detail: "not looked at yet" };
  });
}

/** How an item is called in the configuration, in events and in the status. */
export function goalName(item: GoalItem): string {
  switch (item.kind) {
    case "queue":
    case "gates":
      return item.kind;
    case "changed":
      return `changed: ${item.path}`;
    case "run":
      return `run: ${item.command}`;
  }
}

/** Every task is done, skipped or cancelled. */
export function isQueueMet(state: State): boolean {
  return state.settled === state.tasks.size;
}

function met(state: State): Outlook {
  const follow = state.inbox.get("follow");
  return follow === undefined
    ? over(runExit.met, "the goal is met")
    : over(runExit.needsHuman, `the goal is met, but ${follow.says}`);
}

/** Nothing is at work; will anything be, without a person? */
function canGoOn(state: State): boolean {
  if (state.paused && state.queued.size > 0) return true;
  const usable = [...state.slots.values()].some((slot) => slot.broken === null);
  if (!usable) return false;
  if (state.timers.size > 0) return true;
  for (const task of state.queued.values()) if (!task.paused) return true;
  return false;
}

function stuck(state: State, missing: readonly GoalResult[]): Outlook {
  const open = [...state.tasks.values()].filter((task) => isOpen(task));
  const usable = [...state.slots.values()].filter((slot) => slot.broken === null);
  if (usable.length === 0 && open.length > 0) {
    const reasons = [...state.slots.values()].map((slot) => `${slot.spec.id}: ${slot.broken}`);
    const why = reasons.length === 0 ? "no agent is configured" : reasons.join("; ");
    return over(runExit.noAgent, `no usable agent (${why})`);
  }
  const human = open.filter((task) => task.state === "needs_human" || task.paused);
  if (human.length > 0 || state.inbox.has("follow")) {
    const first = human[0];
    const what = first === undefined ? (state.inbox.get("follow")?.says ?? "") : first.spec.id;
    return over(runExit.needsHuman, `${Math.max(1, human.length)} waiting for a person: ${what}`);
  }
  const red = open.filter((task) => task.state === "failed" && isGateRed(task));
  // With tasks open the gates are not looked at: that is no reason to call them red.
  const seen = state.goalCheck?.results?.find((item) => item.name === "gates");
  if (red.length > 0 || seen?.met === false) {
    const what = red[0]?.spec.id ?? seen?.detail ?? "";
    return over(runExit.gatesRed, `gates are red and no attempt is left: ${what}`);
  }
  const what = missing.map((item) => `${item.name} (${item.detail})`).join(", ");
  return over(runExit.nothingLeft, `nothing is left that can go on; missing: ${what}`);
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

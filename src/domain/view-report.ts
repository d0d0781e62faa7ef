/**
 * The report of a run, as it stands or as it ended: what became of its tasks, who did what, what was
 * caught before it could do harm, what flaps, what it cost. A value; `view-report-page.ts` shows it.
 *
 * It tells of the run as its account does: over the restarts of a temoin that was killed.
 */

import type { Usage } from "./agent.ts";
import { fold } from "./apply.ts";
import { type Attempt, type GateResult, isRed, type Outcome } from "./attempt.ts";
import type { Event } from "./event.ts";
import { type Flaky, flakyTests } from "./flaky.ts";
import { goal } from "./goal-items.ts";
import type { AgentName, CommitSha, Instant, TaskId } from "./id.ts";
import type { GoalResult } from "./run-event.ts";
import type { Run, State } from "./state.ts";
import type { Task, TaskState } from "./task.ts";
import { failureLine } from "./view-failure.ts";
import { attemptsIn, spentOn } from "./view-spend.ts";
import { runEvents, type Summary, tally } from "./view-summary.ts";
import { shownOutcome } from "./view-task.ts";
import { listText } from "./view-text.ts";

export interface TaskReport {
  readonly id: TaskId;
  readonly title: string;
  readonly state: TaskState;
  readonly outcome: Outcome | "imported" | "branch" | null;
  /** Who has tried it, the last one last. */
  readonly agents: readonly AgentName[];
  readonly attempts: number;
  /** All rounds of feedback. */
  readonly rounds: number;
  /** At work on it, without its landing. */
  readonly workingMs: number;
  readonly landed: CommitSha | null;
  readonly proven: boolean | null;
  readonly spent: Usage | null;
}

/** `gate`: red in the workspace; `landing`: red on the merged result. */
export type CaughtKind = "gate" | "landing" | "conflict" | "no_change" | "refused" | "scope";

export interface Caught {
  readonly kind: CaughtKind;
  readonly at: Instant;
  readonly task: TaskId;
  readonly attempt: number;
  readonly says: string;
}

export interface AgentReport {
  readonly agent: AgentName;
  readonly attempts: number;
  /** Tasks of which an attempt of it landed, or was settled without a change. */
  readonly done: number;
  readonly workingMs: number;
  readonly idleMs: number;
  /** What is absent in it is unknown, never zero. */
  readonly spent: Usage | null;
  /** Attempts that have ended and of which the cost is not known. */
  readonly unknownCost: number;
}

export interface RunReport extends Summary {
  readonly goal: readonly GoalResult[];
  /** Those with an attempt in this run, in the order of the queue. */
  readonly work: readonly TaskReport[];
  readonly agents: readonly AgentReport[];
  readonly caught: readonly Caught[];
  readonly flaky: readonly Flaky[];
  readonly spent: Usage | null;
  readonly commits: readonly { readonly task: TaskId; readonly sha: CommitSha }[];
  /** Lines of the inbox. */
  readonly inbox: readonly { readonly says: string; readonly next: string }[];
}

/** Of the last run; `null`: there was none. `events`: the whole log. */
export function runReport(events: readonly Event[], now: Instant): RunReport | null {
  const summary = tally(events, now);
  if (summary === null) return null;
  const state = fold(events);
  const { run } = state;
  if (run === null) return null;
  const own = runEvents(events);
  const work = [...state.tasks.values()].flatMap((task) => taskReport(task, run) ?? []);
  return {
    ...summary,
    goal: goal(state),
    work,
    agents: agentReports(state, run, summary),
    caught: own.flatMap(caughtBy),
    flaky: flakyTests(state, run.since, own.flatMap(seenOnTarget)),
    spent: run.spent,
    commits: own.flatMap((event) =>
      event.type === "landed" ? { task: event.task, sha: event.sha } : [],
    ),
    inbox: [...state.inbox.values()].map(({ says, next }) => ({ says, next })),
  };
}

function seenOnTarget(event: Event): readonly GateResult[] {
  return event.type === "target_checked" ? event.results : [];
}

function taskReport(task: Task, run: Run): TaskReport | null {
  const attempts = attemptsIn(task, run);
  if (attempts.length === 0) return null;
  const isDone = task.state === "done";
  return {
    id: task.spec.id,
    title: task.spec.title,
    state: task.state,
    outcome: shownOutcome(task),
    agents: [...new Set(attempts.map(({ agent }) => agent))],
    attempts: attempts.length,
    rounds: attempts.reduce((sum, { rounds }) => sum + rounds, 0),
    workingMs: attempts.reduce((sum, attempt) => sum + lengthOf(attempt), 0),
    landed: isDone ? task.sha : null,
    proven: isDone ? task.proven : null,
    spent: spentOn(attempts),
  };
}

function lengthOf(attempt: Attempt): number {
  const until = attempt.phase === "ended" ? attempt.endedAt : attempt.since;
  return Math.max(0, until - attempt.startedAt);
}

function agentReports(state: State, run: Run, { slots }: Summary): readonly AgentReport[] {
  const attempts = [...state.tasks.values()].flatMap((task) => attemptsIn(task, run));
  return [...new Set(slots.map(({ agent }) => agent))].map((agent) => {
    const own = attempts.filter((attempt) => attempt.agent === agent);
    const ofSlots = slots.filter((slot) => slot.agent === agent);
    const sum = (part: (slot: (typeof slots)[number]) => number): number =>
      ofSlots.reduce((total, slot) => total + part(slot), 0);
    return {
      agent,
      attempts: own.length,
      done: sum((slot) => slot.done),
      workingMs: sum((slot) => slot.workingMs),
      idleMs: sum((slot) => slot.idleMs + slot.idleReadyMs),
      spent: spentOn(own),
      unknownCost: own.filter(
        ({ phase, usage }) => phase === "ended" && usage?.costUsd === undefined,
      ).length,
    };
  });
}

/** What would have done harm, or was claimed without being so, had nobody looked. */
function caughtBy(event: Event): readonly Caught[] {
  switch (event.type) {
    case "gates_ran": {
      const red = event.results.filter(isRed);
      if (red.length === 0 || red.some((gate) => gate.where === "landing")) return [];
      return [caught("gate", event, red.map(redText).join("; "))];
    }
    case "attempt_moved": {
      const { outside = [] } = event;
      return outside.length === 0 ? [] : [caught("scope", event, listText(outside))];
    }
    case "attempt_ended":
      return event.outcome === "no_change" || event.outcome === "refused"
        ? [caught(event.outcome, event, event.why)]
        : [];
    case "landing_refused":
      return [
        caught(event.outcome === "gate_failed" ? "landing" : event.outcome, event, event.why),
      ];
    default:
      return [];
  }
}

/** The first failure says more than the exit code. */
function redText({ why, failures: [first, ...rest] = [] }: GateResult): string {
  if (first === undefined) return why;
  const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
  return `${why} ${failureLine(first)}${more}`;
}

function caught(
  kind: CaughtKind,
  { at, task, attempt }: { readonly at: Instant; readonly task: TaskId; readonly attempt: number },
  says: string,
): Caught {
  return { kind, at, task, attempt, says };
}

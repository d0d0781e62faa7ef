/**
 * What commands print with `--json`: the shapes of docs/spec.md, always with `"schema": 1`.
 * Instants are ISO 8601 in UTC. What is not known is `null`, never a number that was made up.
 */

import type { AgentSpec, Evidence, Usage } from "./agent.ts";
import type { Attempt, GateResult } from "./attempt.ts";
import { type Brief, isThin } from "./brief.ts";
import { eta } from "./eta.ts";
import { etaRange } from "./eta-range.ts";
import type { Event } from "./event.ts";
import { waitsUntil } from "./goal.ts";
import { goal } from "./goal-items.ts";
import type { Instant } from "./id.ts";
import { partsOf } from "./parts.ts";
import type { Sleep } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import { isTerminal, type Task, type TaskState, taskStates } from "./task.ts";
import { addUsage } from "./usage.ts";
import { type ShownSlot, shownSlots, transportOf } from "./view-agent.ts";
import { conductorJson } from "./view-conductor.ts";
import {
  type HeldBy,
  holds,
  landedSha,
  shownAgent,
  shownOutcome,
  shownState,
} from "./view-task.ts";
import { isoTime } from "./view-time.ts";
import { why } from "./why.ts";

const schema = 1;

export function lsJson(state: State) {
  const heldBy = holds(state);
  return { schema, tasks: [...state.tasks.values()].map((task) => taskJson(task, heldBy)) };
}

/** `agent`: who has it or had it last, before that the pin. `proven`: of what is done, else `null`. */
function taskJson(task: Task, heldBy: HeldBy) {
  const { spec } = task;
  return {
    id: spec.id,
    title: spec.title,
    state: shownState(task, heldBy),
    priority: spec.priority,
    agent: shownAgent(task),
    role: spec.role,
    deps: spec.deps,
    attempts: task.attempts.length,
    outcome: shownOutcome(task),
    landed: landedSha(task),
    proven: task.state === "done" ? task.proven : null,
    paused: task.paused,
    /** Its verified change waits for a person. */
    review: task.state === "needs_human" && task.review !== undefined,
    thin: !isTerminal(task.state) && isThin(spec.briefLines),
  };
}

/** `brief` is the one that is kept under the task's hash. */
export function showJson(state: State, task: Task, brief: Brief) {
  const { spec } = task;
  const {
    aliases,
    skills,
    phase,
    estimate,
    touches,
    learnt = [],
    answers = [],
    verify,
    source,
  } = spec;
  return {
    schema,
    task: {
      ...taskJson(task, holds(state)),
      pin: spec.agent,
      aliases,
      skills,
      phase,
      estimate,
      touches,
      learnt,
      answers,
      verify,
      source,
      splitFrom: spec.splitFrom ?? null,
      parts: partsOf(state, spec.id),
      addedAt: isoTime(task.addedAt),
      tells: task.tells.map((tell) => ({ ...tell, at: isoTime(tell.at) })),
      brief,
      spent: usageJson(
        task.attempts.reduce<Usage | null>((sum, { usage }) => addUsage(sum, usage), null),
      ),
      attempts: task.attempts.map(attemptJson),
    },
  };
}

function attemptJson(attempt: Attempt) {
  const hasEnded = attempt.phase === "ended";
  return {
    n: attempt.n,
    agent: attempt.agent,
    slot: attempt.slot,
    because: attempt.because,
    base: attempt.base,
    phase: attempt.phase,
    outcome: hasEnded ? attempt.outcome : null,
    why: hasEnded ? attempt.why : null,
    startedAt: isoTime(attempt.startedAt),
    endedAt: hasEnded ? isoTime(attempt.endedAt) : null,
    rounds: attempt.rounds,
    evidence: attempt.evidence.map(evidenceJson),
    reports: attempt.reports.map((report) => ({ ...report, at: isoTime(report.at) })),
    gates: attempt.gates.map(gateJson),
    branch: attempt.branch,
    head: attempt.work.head,
    saved: attempt.work.saved,
    commits: hasEnded ? attempt.work.commits : null,
    usage: usageJson(attempt.usage),
  };
}

/** Events of before tell nothing of failures and tests. */
function gateJson(gate: GateResult) {
  const { failures = [], tests = null, flaky = false, note = null } = gate;
  return { ...gate, failures, tests, flaky, note };
}

function evidenceJson({ at, source, says }: Evidence) {
  return { at: isoTime(at), source, says };
}

export function usageJson(usage: Usage | null) {
  if (usage === null) return null;
  return {
    inputTokens: usage.inputTokens ?? null,
    cachedTokens: usage.cachedTokens ?? null,
    outputTokens: usage.outputTokens ?? null,
    costUsd: usage.costUsd ?? null,
  };
}

export interface StatusFacts {
  readonly now: Instant;
  /** As they are configured; the state knows only which slots they have. */
  readonly agents: readonly AgentSpec[];
  /** Is a process at work on the run? A run that was killed is open in the log all the same. */
  readonly hasRunner: boolean;
}

export function statusJson(state: State, facts: StatusFacts) {
  const specs = new Map(facts.agents.map((agent) => [agent.name, agent]));
  return {
    schema,
    run: runJson(state, facts),
    agents: shownSlots(state, facts.hasRunner).map((shown) => ({
      name: shown.slot,
      agent: shown.agent,
      driver: specs.get(shown.agent)?.driver ?? null,
      transport: transportOf(specs.get(shown.agent)),
      state: shown.state,
      task: shown.task,
      phase: shown.phase,
      since: isoTime(shown.since),
      context: contextJson(shown),
      quota: quotaJson(shown),
      usage: usageJson(shown.usage),
      limit: limitJson(shown.limit),
      why: shown.why,
      because: shown.because.map(evidenceJson),
      held: shown.held,
    })),
    conductor: conductorJson(state, facts.hasRunner),
    tasks: countTasks(state),
    goal: goal(state),
    inbox: state.inbox.size,
    spent: usageJson(spent(state)),
  };
}

/** `percent` is rounded down; `says` is as `temoin status` says it. */
function contextJson({ context, usage }: ShownSlot) {
  if (context === null) return null;
  const { used = null, size = null } = usage?.context ?? {};
  const percent = context.percent === null ? null : Math.floor(context.percent);
  return { used, size, percent, source: context.source, says: context.says };
}

function quotaJson({ quota, usage }: ShownSlot) {
  if (quota === null || usage?.quota === undefined) return null;
  const { percent, resetsAt } = usage.quota;
  return { percent: Math.floor(percent), resetsAt: isoTime(resetsAt), says: quota.says };
}

function limitJson(limit: Sleep | null) {
  if (limit === null) return null;
  const { kind, says, resetAt, until, metBy = null } = limit;
  return { kind, says, resetAt: isoTime(resetAt), until: isoTime(until), metBy };
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

function runJson(state: State, { now, hasRunner }: StatusFacts) {
  const { run } = state;
  const budget = run?.policy.budget;
  const isAtWork = hasRunner && isRunning(state);
  return {
    state: runState(state, hasRunner),
    startedAt: isoTime(run?.startedAt ?? null),
    eta: isAtWork ? isoTime(eta(state, now)) : null,
    etaRange: isAtWork ? (etaRange(state, now)?.map((at) => isoTime(at)) ?? null) : null,
    endedAt: isoTime(run?.ended?.at ?? null),
    exitCode: run?.ended?.exitCode ?? null,
    why: run?.ended?.why ?? run?.stopping ?? null,
    target: run?.target ?? null,
    configHash: run?.configHash ?? null,
    deadline: isoTime(run?.policy.deadline ?? null),
    budget: { cost: budget?.cost ?? null, tokens: budget?.tokens ?? null },
    spent: usageJson(run?.spent ?? null),
    lowDisk: lowDiskJson(state),
    waitsUntil: hasRunner ? isoTime(waitsUntil(state)) : null,
  };
}

/** Where too little is free for one more attempt; `null`: nowhere. */
function lowDiskJson({ lowDisk }: State) {
  if (lowDisk === null) return null;
  const { dir, freeBytes, leastBytes, since } = lowDisk;
  return { dir, freeBytes, leastBytes, since: isoTime(since) };
}

/** How many tasks are shown in each state. */
export function countTasks(state: State): Readonly<Record<TaskState, number>> {
  const counts: Record<TaskState, number> = { ...noTasks };
  const heldBy = holds(state);
  for (const task of state.tasks.values()) counts[shownState(task, heldBy)] += 1;
  return counts;
}

// Every state of the list is a key; TypeScript cannot see that of an object made from a list.
const noTasks = Object.fromEntries(taskStates.map((state) => [state, 0])) as Record<
  TaskState,
  number
>;

/** The sum of what agents have told of their use; a part that none has told is unknown. */
function spent(state: State): Usage {
  let sum: Usage | null = null;
  for (const task of state.tasks.values()) {
    for (const { usage } of task.attempts) sum = addUsage(sum, usage);
  }
  return sum ?? {};
}

/** `null`: there is no task, slot or agent of that name. */
export function whyJson(state: State, subject: string, now: Instant, hasRunner = true) {
  const answer = why(state, subject, now, hasRunner);
  if (answer === null) return null;
  return {
    schema,
    subject: answer.subject,
    state: answer.state,
    because: answer.because.map(evidenceJson),
  };
}

/** One line of `events --jsonl`, as an object. */
export function eventJson(seq: number, event: Event) {
  const { at, type, ...rest } = event;
  return { schema, seq, at: isoTime(at), type, ...withIsoTimes(rest) };
}

/** Keys under which events hold instants, at any depth. */
const instantKeys: ReadonlySet<string> = new Set(["at", "until", "deadline", "resetAt", "retryAt"]);

function withIsoTimes(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === "number" && instantKeys.has(key) ? isoTime(part) : isoTimesIn(part),
    ]),
  );
}

function isoTimesIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(isoTimesIn);
  return typeof value === "object" && value !== null ? withIsoTimes(value) : value;
}

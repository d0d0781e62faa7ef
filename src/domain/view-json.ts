/**
 * What commands print of tasks and events with `--json`: the shapes of docs/spec.md, always with
 * `"schema": 1`. Instants are ISO 8601 in UTC. What is not known is `null`, never a number that was
 * made up. The status is in `view-status-json.ts`.
 */

import type { Evidence, Usage } from "./agent.ts";
import type { Attempt, GateResult } from "./attempt.ts";
import { type Brief, isThin } from "./brief.ts";
import type { Event } from "./event.ts";
import type { Instant } from "./id.ts";
import { partsOf } from "./parts.ts";
import type { State } from "./state.ts";
import { isTerminal, type Task } from "./task.ts";
import { addUsage } from "./usage.ts";
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

export const schema = 1;

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

export function evidenceJson({ at, source, says }: Evidence) {
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

/**
 * When an attempt hands its task on, and what it leaves for the next one. Pure.
 *
 * At `prepare` its agent is asked for its handoff with the next prompt; at `execute`, or when its
 * conversation is about to be compacted, the attempt ends `handed_off`, in the middle of a turn too.
 * Where nobody tells how full a conversation is, the number of its prompts and its age stand in: they
 * are weak signs, on which no turn is interrupted.
 */

import type { Evidence, Limit, Report, Usage } from "./agent.ts";
import type { EndedAttempt, GateResult, Outcome } from "./attempt.ts";
import { contextFullness, type Fullness, quotaFullness } from "./fullness.ts";
import type { AgentName, Instant } from "./id.ts";
import type { Task } from "./task.ts";
import { durationText } from "./view-duration.ts";
import { countText } from "./view-text.ts";

/** `null`: that sign counts for nothing. */
export interface HandoffPolicy {
  /** In percent, of context and of quota. */
  readonly prepare: number;
  readonly execute: number;
  /** A conversation that is about to be compacted is handed on instead. */
  readonly compaction: boolean;
  /** Prompts to one conversation whose fullness is unknown. */
  readonly turns: number | null;
  /** Of such a conversation. */
  readonly ageMs: number | null;
}

/**
 * The thresholds are those of the users' own documents. Prompts and age are chosen: a conversation of
 * 12 prompts or 3 h has rarely room left, and one that has is not harmed by a fresh start.
 */
export const usualHandoff: HandoffPolicy = {
  prepare: 90,
  execute: 98,
  compaction: true,
  turns: 12,
  ageMs: 3 * 60 * 60_000,
};

/** Why a task is handed on; `agent`: by its own report. */
export type HandoffReason = "context" | "quota" | "compaction" | "turns" | "age" | "agent";

/** A conversation as its runner knows it. */
export interface Fill {
  readonly usage: Usage | null;
  /** What its agent says of a compaction that it has begun; `null`: nothing. */
  readonly compacts: string | null;
  /** Prompts that it has had. */
  readonly prompts: number;
  readonly ageMs: number;
  /** Its agent goes on where its plan is used up: the quota is no reason. */
  readonly hasOverage: boolean;
}

export type HandoffStep =
  | { readonly do: "none" }
  | { readonly do: "prepare"; readonly why: string }
  | {
      readonly do: "execute";
      readonly reason: HandoffReason;
      readonly why: string;
      /** Its agent can do no more for anybody until it is over; `null`: it can. */
      readonly limit: Limit | null;
    };

const none: HandoffStep = { do: "none" };

/** `now`: the time of day. `inTurn`: its agent is at work, and would be interrupted. */
export function handoffStep(
  fill: Fill,
  policy: HandoffPolicy,
  at: { readonly now: Instant; readonly inTurn: boolean },
): HandoffStep {
  const { compacts, usage } = fill;
  if (compacts !== null && policy.compaction) {
    return { do: "execute", reason: "compaction", why: compacts, limit: null };
  }
  const context = contextFullness(usage);
  if (isFull(context, policy.execute)) {
    return { do: "execute", reason: "context", why: context.says, limit: null };
  }
  const quota = usedQuota(fill, at.now);
  if (quota !== null && isFull(quota.fullness, policy.execute)) {
    const { says } = quota.fullness;
    const limit: Limit = { kind: "usage", until: quota.resetsAt, says };
    return { do: "execute", reason: "quota", why: says, limit };
  }
  if (at.inTurn) return none;
  const weak = context.percent === null ? weakSign(fill, policy) : null;
  if (weak !== null) return weak;
  const near = [context, quota?.fullness].find((one) => one && isFull(one, policy.prepare));
  return near ? { do: "prepare", why: near.says } : none;
}

function isFull({ percent }: Fullness, bound: number): boolean {
  return percent !== null && percent >= bound;
}

/** `null`: unknown, or no reason. Without the time at which it begins anew nobody could wait for it. */
function usedQuota(
  { usage, hasOverage }: Fill,
  now: Instant,
): { readonly fullness: Fullness; readonly resetsAt: Instant } | null {
  const fullness = quotaFullness(usage);
  const resetsAt = usage?.quota?.resetsAt ?? null;
  if (fullness === null || resetsAt === null || resetsAt <= now || hasOverage) return null;
  return { fullness, resetsAt };
}

function weakSign({ prompts, ageMs }: Fill, policy: HandoffPolicy) {
  const { turns } = policy;
  const unknown = "its context is unknown, and it has had";
  if (turns !== null && prompts >= turns) {
    const why = `${unknown} ${countText(prompts, "prompt")}`;
    return { do: "execute", reason: "turns", why, limit: null } as const;
  }
  if (policy.ageMs !== null && ageMs >= policy.ageMs) {
    const why = `${unknown} ${durationText(ageMs)}`;
    return { do: "execute", reason: "age", why, limit: null } as const;
  }
  return null;
}

/** Has it brought the task on? */
export function hasNewWork({ base, work }: Pick<EndedAttempt, "base" | "work">): boolean {
  if (work.saved !== null) return true;
  if (work.head === null) return false;
  return base.from === "attempt" ? work.head !== base.commit : work.commits > 0;
}

/** Of one attempt that has left its task unfinished. */
export interface LeftAttempt {
  readonly n: number;
  readonly agent: AgentName;
  readonly outcome: Outcome;
  readonly why: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** All that its agent has reported, the oldest first. */
  readonly words: readonly Report[];
}

/** What is left to whoever goes on: the facts of control. What git knows is the runner's to add. */
export interface HandoffFacts {
  /** The attempt that leaves. */
  readonly last: LeftAttempt;
  /** Those before it that were interrupted too, the oldest first. */
  readonly before: readonly LeftAttempt[];
  /** Of the last one whose gates ran: its last round. */
  readonly gates: readonly GateResult[];
  /** Of the one that leaves, the newest last. */
  readonly evidence: readonly Evidence[];
}

/** Outcomes in which an agent was stopped before it had come to an end. */
const interrupted: ReadonlySet<Outcome> = new Set([
  "limited",
  "handed_off",
  "crashed",
  "lost",
  "stalled",
  "timed_out",
]);

/** What such an attempt has left is not known to be all. */
export function isInterrupted(outcome: Outcome): boolean {
  return interrupted.has(outcome);
}

/** More is in the log (chosen). */
const attemptsKept = 5;
const evidenceKept = 12;

/** `null`: the last attempt was not interrupted, or there was none. */
export function handoffOf(task: Task): HandoffFacts | null {
  const ended = task.attempts
    .slice(task.workStart)
    .filter((attempt): attempt is EndedAttempt => attempt.phase === "ended");
  const last = ended.at(-1);
  // Of an attempt whose agent could not be used there is nothing to go on from.
  if (last === undefined || !interrupted.has(last.outcome) || last.agentBroken) return null;
  const before = ended.findLastIndex((one) => !interrupted.has(one.outcome));
  const line = ended.slice(Math.max(before + 1, ended.length - attemptsKept));
  const judged = line.findLast(({ gates }) => gates.length > 0);
  const round = Math.max(0, ...(judged?.gates ?? []).map((gate) => gate.round));
  return {
    last: leftOf(last),
    before: line.slice(0, -1).map(leftOf),
    gates: judged?.gates.filter((gate) => gate.round === round) ?? [],
    evidence: last.evidence.slice(-evidenceKept),
  };
}

function leftOf({
  n,
  agent,
  outcome,
  why,
  startedAt,
  endedAt,
  reports,
}: EndedAttempt): LeftAttempt {
  return { n, agent, outcome, why, startedAt, endedAt, words: reports };
}

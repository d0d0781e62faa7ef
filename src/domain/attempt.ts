/**
 * One try at a task by one agent in one workspace.
 *
 *   preparing → starting → working → verifying → stopping → ended
 *
 * `working` ⇄ `verifying` once per round of feedback. Whatever is alive may end at any moment.
 */

import type { Evidence, Report, Usage } from "./agent.ts";
import type { Conflict } from "./conflict.ts";
import type { SeenState } from "./evidence.ts";
import type { Failure, TestCount } from "./gate-output.ts";
import type { HandoffReason } from "./handoff.ts";
import type { AgentName, CommitSha, Instant, SlotId } from "./id.ts";

export const livePhases = [
  "preparing",
  "starting",
  "working",
  "asking",
  "retrying",
  "limited",
  "quiet",
  "verifying",
  "stopping",
] as const;
export type LivePhase = (typeof livePhases)[number];

export const outcomes = [
  "verified",
  "no_change",
  "gate_failed",
  "conflict",
  "blocked",
  "stalled",
  "timed_out",
  "limited",
  "handed_off",
  "crashed",
  "lost",
  "cancelled",
  "refused",
] as const;
export type Outcome = (typeof outcomes)[number];

/** `errored` (command not found, timeout) is never `passed`. */
export type VerdictKind = "passed" | "failed" | "errored" | "skipped";

export interface GateResult {
  readonly name: string;
  readonly verdict: VerdictKind;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** The kept output, relative to the project's `.temoin/`; `null` when there is none. */
  readonly proof: string | null;
  /** One sentence: why this verdict. */
  readonly why: string;
  readonly where: "workspace" | "landing" | "target";
  /** 0 for the first look at an attempt, then one more per round of feedback. */
  readonly round: number;
  /** Read from its output; absent: none was found. */
  readonly failures?: readonly Failure[];
  /** Absent: its output does not tell. */
  readonly tests?: TestCount;
  /** It was red, and passed when it was run once more. */
  readonly flaky?: boolean;
  /** What is odd about it, beside the verdict; one sentence. */
  readonly note?: string;
}

/** It says that something is wrong; what was called off says nothing. */
export function isRed({ verdict }: Pick<GateResult, "verdict">): boolean {
  return verdict === "failed" || verdict === "errored";
}

/** Why an attempt starts where it starts. */
export type BaseChoice =
  | { readonly from: "target" }
  | {
      readonly from: "attempt";
      readonly attempt: number;
      readonly commit: CommitSha;
      readonly because: Outcome;
    };

/** What an attempt left in git. */
export interface Work {
  /** The head of its branch, `null` while nothing is committed. */
  readonly head: CommitSha | null;
  /** Everything at its end, uncommitted and untracked files too. */
  readonly saved: CommitSha | null;
  /** Commits over the base. */
  readonly commits: number;
}

export const noWork: Work = { head: null, saved: null, commits: 0 };

export interface SeenAgent {
  readonly state: SeenState | "unknown";
  readonly since: Instant;
  readonly because: readonly Evidence[];
}

interface AttemptFacts {
  readonly n: number;
  readonly agent: AgentName;
  readonly slot: SlotId;
  readonly base: BaseChoice;
  /** Why this agent, as told by the schedule. */
  readonly because: string;
  readonly startedAt: Instant;
  readonly branch: string;
  readonly evidence: readonly Evidence[];
  readonly gates: readonly GateResult[];
  readonly reports: readonly Report[];
  readonly rounds: number;
  /** Reminders after silence; last prompts do not count. */
  readonly nudges: number;
  /** How often it was taken up again by another temoin. */
  readonly resumed: number;
  readonly usage: Usage | null;
  readonly work: Work;
}

export type LiveAttempt = AttemptFacts & {
  readonly phase: LivePhase;
  readonly since: Instant;
  /** What its driver last made of what it sees; `null`: it has told nothing. */
  readonly seen: SeenAgent | null;
  /** A person is at the agent's keys. */
  readonly held: boolean;
};
export type EndedAttempt = AttemptFacts & {
  readonly phase: "ended";
  readonly outcome: Outcome;
  readonly endedAt: Instant;
  readonly why: string;
  /** Lost with temoin itself: nobody's fault, and no reason to stop trying. */
  readonly byRestart: boolean;
  /** Its agent could not be used: that says nothing of the task. */
  readonly agentBroken: boolean;
  /** Why its work, which is green, waits for a person; absent: it does not. */
  readonly doubt?: string;
  /** `conflict` only: what was at odds. */
  readonly conflict?: Conflict;
  /** `handed_off` only: what made it due. Absent: it was ended from outside. */
  readonly handoff?: HandoffReason;
};
export type Attempt = LiveAttempt | EndedAttempt;

export function isLive(attempt: Attempt): attempt is LiveAttempt {
  return attempt.phase !== "ended";
}

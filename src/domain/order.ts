/**
 * Everything that a runner needs to carry out what it has claimed. It crosses a network as JSON,
 * so it holds values only: no path of control's host, no handle.
 */

import type { Usage } from "./agent.ts";
import type { BaseChoice, GateResult, Outcome } from "./attempt.ts";
import type { Brief } from "./brief.ts";
import type { Lease } from "./commit.ts";
import type { Judgement } from "./conductor.ts";
import type { Conflict } from "./conflict.ts";
import type { HandoffFacts } from "./handoff.ts";
import type { AgentName, CommitSha, Instant, SlotId, TaskId } from "./id.ts";
import type { GoalItem, Policy } from "./policy.ts";
import type { GoalKnown } from "./state.ts";
import type { TargetCheck } from "./target-check.ts";
import type { PreparedLanding, Reverting, TaskSpec, Tell } from "./task.ts";

/** What an earlier attempt at the same task came to, for the prompt of the next one. */
export interface EarlierAttempt {
  readonly n: number;
  readonly agent: AgentName;
  readonly outcome: Outcome;
  readonly why: string;
  readonly failedGates: readonly GateResult[];
  /** What was at odds with the target, where the landing was refused for it. */
  readonly conflict?: Conflict;
}

export interface AttemptOrder {
  readonly kind: "attempt";
  readonly task: TaskSpec;
  readonly brief: Brief;
  readonly attempt: number;
  readonly slot: SlotId;
  readonly agent: AgentName;
  readonly branch: string;
  readonly base: BaseChoice;
  /** Branches of finished tasks on which it is built, where they do not land. Absent: none. */
  readonly onto?: readonly { readonly task: TaskId; readonly head: CommitSha }[];
  /** Why this agent, as told by the schedule. */
  readonly because: string;
  readonly earlier: readonly EarlierAttempt[];
  /** What was left by those before it whose work it goes on from; absent: it goes on from none. */
  readonly handoff?: HandoffFacts;
  /** Not yet delivered words of a person. */
  readonly tells: readonly Tell[];
  /** Rounds of feedback that were given already. */
  readonly rounds: number;
  /** Reminders that it has had already; absent: none. */
  readonly nudges?: number;
  /** Its session lives on from an earlier temoin: it is joined, and nothing is prepared anew. */
  readonly isResumed: boolean;
  /** By the turns that it has had already. */
  readonly used: Usage | null;
  /** What is known of the target by now, the newest last; absent: nothing. */
  readonly checks?: readonly TargetCheck[];
  readonly policy: Policy;
}

export interface LandingOrder {
  readonly kind: "landing";
  readonly task: TaskSpec;
  readonly agent: AgentName;
  readonly attempt: number;
  readonly branch: string;
  readonly head: CommitSha;
  /** Recorded by a runner that then went away: finish it, or undo it. */
  readonly prepared: PreparedLanding | null;
  /** An earlier landing is taken back, instead of `head` being landed. Absent: it is not. */
  readonly revert?: Pick<Reverting, "sha" | "reason">;
  /** What is known of the target by now, the newest last; absent: nothing. */
  readonly checks?: readonly TargetCheck[];
  readonly policy: Policy;
}

export interface GoalOrder {
  readonly kind: "goal";
  readonly items: readonly GoalItem[];
  /** After a landing: no command is run, and no branch is followed. */
  readonly isPartial: boolean;
  /** What is known of the target at one commit; `null`: nothing. */
  readonly known: GoalKnown | null;
  /** `{ changed }` is measured from here. */
  readonly since: CommitSha;
  readonly policy: Policy;
}

/** The conductor is called. */
export interface JudgementOrder {
  readonly kind: "judgement";
  readonly term: number;
  readonly call: number;
  readonly agent: AgentName;
  readonly after: AgentName | null;
  readonly about: readonly Judgement[];
  /** It has not acknowledged its role yet. */
  readonly isFirst: boolean;
  /** All that it needs to know, as Markdown. */
  readonly handoff: string;
  /** Until when its call must have come to an end. */
  readonly until: Instant;
  readonly policy: Policy;
}

export type Order = AttemptOrder | LandingOrder | GoalOrder | JudgementOrder;

export interface Claimed {
  readonly lease: Lease;
  readonly order: Order;
}

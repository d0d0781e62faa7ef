/**
 * Everything that a runner needs to carry out what it has claimed. It crosses a network as JSON,
 * so it holds values only: no path of control's host, no handle.
 */

import type { BaseChoice, GateResult, Outcome } from "./attempt.ts";
import type { Brief } from "./brief.ts";
import type { Lease } from "./commit.ts";
import type { AgentName, CommitSha, SlotId } from "./id.ts";
import type { GoalItem, Policy } from "./policy.ts";
import type { PreparedLanding, TaskSpec, Tell } from "./task.ts";

/** What an earlier attempt at the same task came to, for the prompt of the next one. */
export interface EarlierAttempt {
  readonly n: number;
  readonly agent: AgentName;
  readonly outcome: Outcome;
  readonly why: string;
  readonly failedGates: readonly GateResult[];
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
  /** Why this agent, as told by the schedule. */
  readonly because: string;
  readonly earlier: readonly EarlierAttempt[];
  /** Not yet delivered words of a person. */
  readonly tells: readonly Tell[];
  /** Rounds of feedback that were given already. */
  readonly rounds: number;
  /** Its session lives on from an earlier temoin: it is joined, and nothing is prepared anew. */
  readonly isResumed: boolean;
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
  readonly policy: Policy;
}

export interface GoalOrder {
  readonly kind: "goal";
  readonly items: readonly GoalItem[];
  /** `{ changed }` is measured from here. */
  readonly since: CommitSha;
  readonly policy: Policy;
}

export type Order = AttemptOrder | LandingOrder | GoalOrder;

export interface Claimed {
  readonly lease: Lease;
  readonly order: Order;
}

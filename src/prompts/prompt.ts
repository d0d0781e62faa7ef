/** The contract of prompts: what is known of a task made into the words that an agent reads. */

import type { GateResult } from "../domain/attempt.ts";
import type { HandoffFacts } from "../domain/handoff.ts";
import type { CommitSha } from "../domain/id.ts";
import type { AttemptOrder, JudgementOrder } from "../domain/order.ts";
import type { Missing, PlanningOrder } from "../domain/planning.ts";

export interface FailedGate {
  readonly result: GateResult;
  /** The last lines of its output. */
  readonly tail: string;
  /** Where the whole output can be read. */
  readonly proofPath: string | null;
  /** The target has the same failures, without the change. */
  readonly wasRedBefore?: boolean;
}

/** What a look at the workspace found besides red gates. */
export interface Finding {
  readonly says: string;
}

export interface FeedbackRequest {
  readonly order: AttemptOrder;
  readonly round: number;
  readonly failed: readonly FailedGate[];
  readonly findings: readonly Finding[];
  /** Its conversation is nearly full, in these words: it is to write its handoff. Absent: it is not. */
  readonly full?: string;
}

/** What those before it have left to whoever goes on. */
export interface HandoffDocument {
  readonly facts: HandoffFacts;
  /** What git knows of their work; `null`: they have left none. */
  readonly work: {
    /** Where it left the target. */
    readonly since: CommitSha;
    /** One line each, the newest first. */
    readonly commits: readonly string[];
    readonly changed: readonly { readonly path: string; readonly change: string }[];
  } | null;
  /** Where the whole of it is kept. */
  readonly file: string;
}

/** An agent without progress, which was interrupted for it. */
export interface NudgeRequest {
  readonly order: AttemptOrder;
  /** Why, as the watch tells it. */
  readonly why: string;
  /** No other prompt of this attempt follows. */
  readonly isLast: boolean;
  /** How long it has for a last prompt. */
  readonly leftMs: number;
  /** Where the first prompt of the attempt is kept: it may have begun anew without it. */
  readonly taskFile: string;
}

export interface PlanAgain {
  readonly order: PlanningOrder;
  readonly missing: Missing;
  /** Where its first prompt is kept: an agent that is one process for each turn remembers nothing. */
  readonly orderFile: string;
  /** Where the draft is kept that it has handed in last. */
  readonly draftFile: string;
}

export interface Prompts {
  /** The first prompt of an attempt. */
  task(order: AttemptOrder, handoff?: HandoffDocument | null): Promise<string>;
  /** The document itself, in Markdown, with the brief. */
  handoff(order: AttemptOrder, document: HandoffDocument): Promise<string>;
  /** Red gates, given back to the same session: short, with the failures and the path of the rest. */
  feedback(request: FeedbackRequest): Promise<string>;
  /** To an agent that has made no progress: the ways on that it has. */
  nudge(request: NudgeRequest): Promise<string>;
  /** A call of the conductor. */
  judgement(order: JudgementOrder): Promise<string>;
  /** To an agent that is to draft a plan. */
  planning(order: PlanningOrder): Promise<string>;
  /** To the same one, after a turn without a complete draft. */
  planAgain(request: PlanAgain): Promise<string>;
  /** To a conductor whose context is nearly full. */
  roleHandoff(order: JudgementOrder): Promise<string>;
}

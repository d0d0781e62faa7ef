/** How an attempt ends: what the runner tells control of it. */

import type { Limit } from "../domain/agent.ts";
import type { Outcome, Work } from "../domain/attempt.ts";
import { noWork } from "../domain/attempt.ts";
import type { HandoffReason } from "../domain/handoff.ts";

export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly why: string;
  readonly work: Work;
  /** The agent cannot be used for now, and why. */
  readonly slotBroken: string | null;
  /** What the agent has met in its last turn. */
  readonly limit: Limit | null;
  readonly verifyPassed: boolean;
  /** Why its work, which is green, waits for a person; absent: it does not. */
  readonly doubt?: string;
  /** `handed_off` only: what made it due. Absent: it was ended from outside. */
  readonly handoff?: HandoffReason;
}

/** Nothing more is to be told of it. */
export const unhurt = { slotBroken: null, limit: null, verifyPassed: false };

/** The end of an attempt that has left nothing. */
export function nothingDone(outcome: Outcome, why: string): AttemptEnd {
  return { ...unhurt, outcome, why, work: noWork };
}

/** How an attempt ends: what the runner tells control of it. */

import type { Outcome, Work } from "../domain/attempt.ts";
import { noWork } from "../domain/attempt.ts";

export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly why: string;
  readonly work: Work;
  readonly slotBroken: string | null;
  readonly verifyPassed: boolean;
}

/** The end of an attempt that has left nothing. */
export function nothingDone(outcome: Outcome, why: string): AttemptEnd {
  return { outcome, why, work: noWork, slotBroken: null, verifyPassed: false };
}

/** The contract of prompts: what is known of a task made into the words that an agent reads. */

import type { GateResult } from "../domain/attempt.ts";
import type { AttemptOrder } from "../domain/order.ts";

export interface FailedGate {
  readonly result: GateResult;
  /** The last lines of its output. */
  readonly tail: string;
  /** Where the whole output can be read. */
  readonly proofPath: string | null;
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
}

export interface Prompts {
  /** The first prompt of an attempt. */
  task(order: AttemptOrder): Promise<string>;
  /** Red gates, given back to the same session: short, with the failures and the path of the rest. */
  feedback(request: FeedbackRequest): Promise<string>;
}

/**
 * The contract of the durable store: an event log and queues with leases, in seven verbs (closing
 * is one of them). It knows nothing of tasks, dependencies or retries. `test/contract/store.ts`
 * holds every implementation to the sentences below.
 */

import type { Commit, CommitOutcome, Lease } from "../domain/commit.ts";
import type { Event } from "../domain/event.ts";
import type { Instant } from "../domain/id.ts";

export interface Depth {
  readonly ready: number;
  readonly leased: number;
  readonly delayed: number;
}

/**
 * A lease that is not beaten for so long is silent; it stays live until somebody ends it.
 * Borrowed: the shortest that pg-boss allows.
 */
export const leaseMs = 10_000;

export interface Store extends AsyncDisposable {
  /** The events after number `after` (0: from the first), in order and without a gap. */
  load(stream: string, after?: number): Promise<readonly Event[]>;
  /**
   * All or nothing, and on disk before it resolves. The lease is looked at before the head of the
   * stream. What the commit retracts is gone, also when it offers it itself; an id that was ever
   * offered to its queue is not taken in again, whatever became of it.
   */
  commit(commit: Commit): Promise<CommitOutcome>;
  /** The first ready offer of the queue, now leased to the runner; `null` when there is none. */
  claim(queue: string, runner: string): Promise<Lease | null>;
  /** Prolongs each lease. `false` in its place: you no longer own it, stop. */
  beat(leases: readonly Lease[]): Promise<readonly boolean[]>;
  /**
   * Ends the leases that were silent at `now`, and those of `deadRunners` at once, and returns
   * them in the order of their claims. An ended lease is gone from its queue: whether its work is offered again is a decision.
   */
  reap(now: Instant, deadRunners?: readonly string[]): Promise<readonly Lease[]>;
  /** Per queue; a queue that holds nothing may be missing. */
  depth(): Promise<Readonly<Record<string, Depth>>>;
}

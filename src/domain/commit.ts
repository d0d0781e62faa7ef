/**
 * A decision as a value: what the store is asked to make true, all or nothing.
 * SQLite applies it in one synchronous turn, a server in one transaction.
 */

import type { Event } from "./event.ts";
import type { Instant } from "./id.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Work put into a queue. `id` is an idempotency key: offering it again changes nothing. */
export interface Offer {
  readonly queue: string;
  readonly id: string;
  /** Higher goes first; equal ones in the order in which they were offered. */
  readonly priority: number;
  readonly data: Json;
  /** Hidden until then. */
  readonly notBefore?: Instant;
}

export interface OfferRef {
  readonly queue: string;
  readonly id: string;
}

/** The right to work on an offer until `expiresAt`. `fence` is never given twice by one store. */
export interface Lease {
  readonly queue: string;
  readonly id: string;
  readonly fence: number;
  readonly runner: string;
  readonly expiresAt: Instant;
  readonly data: Json;
}

export interface Commit {
  readonly stream: string;
  /** The number of events that the stream holds now; another number means `conflict`. */
  readonly expected: number;
  readonly events: readonly Event[];
  /** The lease under which an attempt or a landing speaks; a lost one means `stale`. */
  readonly fence?: Lease;
  /** This commit ends that lease. */
  readonly settle?: boolean;
  readonly offers?: readonly Offer[];
  /** Taken out of their queue, claimed or not: a runner that holds one loses it at its next beat. */
  readonly retract?: readonly OfferRef[];
}

/**
 * `conflict`: reload and decide again. `stale`: the lease was lost, drop the result, keep the work.
 * A commit that is both is `stale`.
 */
export type CommitOutcome = "ok" | "conflict" | "stale";

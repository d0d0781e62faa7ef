/**
 * One place for an agent to work: at work or free, broken or not, asleep or awake.
 *
 * A slot that is broken is tried again by itself, later each time; one whose agent is limited
 * sleeps until the limit is over. Both instants are in the state, so that they outlive temoin.
 */

import type { Limit, SlotSpec } from "./agent.ts";
import type { Event } from "./event.ts";
import type { Instant, SlotId, TaskId } from "./id.ts";
import {
  furthestResetMs,
  limitBackoffMs,
  limitMarginMs,
  longestPauseMs,
  longGoneMs,
  patience,
  retryStartMs,
} from "./policy.ts";

export interface Slot {
  readonly spec: SlotSpec;
  /** The task that it works on. */
  readonly task: TaskId | null;
  readonly since: Instant;
  readonly broken: Broken | null;
  readonly asleep: Sleep | null;
  /** How often in a row its agent could not be used. */
  readonly failures: number;
  /** How often in a row its agent was limited, with no turn that came to its end between. */
  readonly limits: number;
  /** A turn of it has ended as it should in this run, or by a limit: it could be used. */
  readonly hasWorked: boolean;
}

/** Why it cannot be used, and when it is tried again. */
export interface Broken {
  readonly why: string;
  readonly retryAt: Instant;
}

export interface Sleep {
  /** Who has met the limit, where it was another slot of the same account; absent: this one. */
  readonly metBy?: SlotId;
  readonly kind: Limit["kind"];
  readonly says: string;
  /** As the agent has told it; `null`: it has not. */
  readonly resetAt: Instant | null;
  /** Then it wakes. */
  readonly until: Instant;
}

/** The event, as the sleep that it begins. */
export function sleepOf(event: Extract<Event, { type: "slot_limited" }>): Sleep {
  const { slot, met, kind, says, resetAt, until } = event;
  return { kind, says, resetAt, until, ...(slot === met ? {} : { metBy: met }) };
}

export function newSlot(spec: SlotSpec, at: Instant): Slot {
  const none = { task: null, broken: null, asleep: null, failures: 0, limits: 0 };
  return { ...none, spec, since: at, hasWorked: false };
}

/** It may be given work, when it has none. */
export function isAwake(slot: Slot): boolean {
  return slot.broken === null && slot.asleep === null;
}

/** It was tried often enough: nobody waits for it any more. It is tried again all the same. */
export function isGivenUp({ broken, failures, hasWorked }: Slot): boolean {
  return broken !== null && failures >= (hasWorked ? patience.once : patience.never);
}

/** Will it take work again, at a time that is worth waiting for? */
export function isHopeful(slot: Slot, deadline: Instant | null): boolean {
  if (isGivenUp(slot)) return false;
  const { asleep, limits } = slot;
  if (asleep === null) return true;
  if (deadline !== null && asleep.until >= deadline) return false;
  if (asleep.resetAt !== null) return true;
  const passes = asleep.kind === "rate" || asleep.kind === "overload";
  return passes && limits <= patience.limits;
}

/** When it is tried again after so many failures in a row. */
export function retryAt(failures: number, now: Instant): Instant {
  return now + retryStartMs(failures);
}

/** As an agent tells it; what can be no reset time counts as not told, or nobody would ever wake. */
export function credibleReset(until: Instant | null, now: Instant): Instant | null {
  const isCredible = until !== null && until >= now - longGoneMs && until <= now + furthestResetMs;
  return isCredible ? until : null;
}

/** `limits`: in a row, this one too. */
export function wakeAt(limit: Limit, limits: number, now: Instant): Instant {
  if (limit.until === null) return now + limitBackoffMs(limits);
  // A limit that is met again right after its reset is asked later and later.
  const leastMs = Math.min(limitMarginMs * 2 ** Math.max(0, limits - 1), longestPauseMs);
  return Math.max(limit.until + limitMarginMs, now + leastMs);
}

/** Of usage and of what has to be paid for, an account has one limit for all that work for it. */
export function isAccountWide(kind: Limit["kind"]): boolean {
  return kind === "usage" || kind === "billing";
}

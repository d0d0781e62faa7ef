/** What befalls a slot: its agent cannot be used, or is limited; and the time comes to try it again. */

import { accountOfSlot } from "./account.ts";
import type { Limit } from "./agent.ts";
import type { Draft } from "./draft.ts";
import type { SlotId } from "./id.ts";
import { knownRoles, wishOf } from "./may-take.ts";
import { wakeApartMs } from "./policy.ts";
import { open } from "./progress.ts";
import { credibleReset, isAccountWide, retryAt, type Slot, wakeAt } from "./slot.ts";
import { taskOf } from "./state.ts";
import { clearTaskInbox, sendHomeless } from "./task-inbox.ts";

/** The slot takes no tasks for a while; those that nobody waits with any more go to a person. */
export function breakSlot(draft: Draft, id: SlotId, why: string): void {
  const failures = (draft.state.slots.get(id)?.failures ?? 0) + 1;
  const event = {
    type: "slot_broken",
    slot: id,
    why,
    retryAt: retryAt(failures, draft.now),
  } as const;
  draft.emit(event, "temoin");
  for (const queued of [...draft.state.queued.values()]) sendHomeless(draft, queued);
}

/** The slot sleeps until the limit is over, and so does who has the same account. */
export function limitSlot(draft: Draft, id: SlotId, limit: Limit): void {
  const met = draft.state.slots.get(id);
  if (met === undefined) return;
  const { kind, says } = limit;
  const resetAt = credibleReset(limit.until, draft.now);
  const first = wakeAt({ ...limit, until: resetAt }, met.limits + 1, draft.now);
  let behind = 0;
  for (const slot of [...draft.state.slots.values()]) {
    const isMet = slot.spec.id === id;
    if (!isMet && !(isAccountWide(kind) && sharesAccount(slot, met))) continue;
    // Who has met it asks first: if it is not over, the others hear of it and sleep on.
    if (!isMet) behind += 1;
    const until = isMet ? first : first + behind * wakeApartMs;
    if (knowsBetter(slot, resetAt, until)) continue;
    const event = { slot: slot.spec.id, met: id, kind, says, resetAt, until } as const;
    draft.emit({ type: "slot_limited", ...event }, "temoin");
  }
}

function sharesAccount(a: Slot, b: Slot): boolean {
  return accountOfSlot(a.spec) === accountOfSlot(b.spec);
}

/** It sleeps longer already, and not because nobody knew how long. */
function knowsBetter({ asleep }: Slot, resetAt: number | null, until: number): boolean {
  if (asleep === null || asleep.until < until) return false;
  return resetAt === null || asleep.resetAt !== null;
}

/** Slots whose hour has come. */
export function wakeSlots(draft: Draft): void {
  const { now } = draft;
  for (const { spec, broken, asleep } of [...draft.state.slots.values()]) {
    if (asleep !== null && asleep.until <= now) {
      draft.emit({ type: "slot_awake", slot: spec.id }, "temoin");
    }
    if (broken !== null && broken.retryAt <= now) {
      draft.emit({ type: "slot_retried", slot: spec.id }, "temoin");
    }
  }
}

/** What is told shows that the agent of a slot can be used again: tasks that had given it up hear. */
export function callHomeIfMended(draft: Draft, id: SlotId, tell: () => void): void {
  const before = draft.state.slots.get(id)?.failures ?? 0;
  tell();
  if (before > 0 && draft.state.slots.get(id)?.failures === 0) callHome(draft);
}

/** Tasks whose agent could not be used before, and can be now. */
export function callHome(draft: Draft): void {
  const known = knownRoles(draft.state);
  for (const { kind, task: id } of [...draft.state.inbox.values()]) {
    if (kind !== "no_agent" || id === null) continue;
    const task = taskOf(draft.state, id);
    if (task.state !== "needs_human" || wishOf(task, known).kind === "nobody") continue;
    clearTaskInbox(draft, id);
    open(draft, id, "there is an agent for it now");
  }
}

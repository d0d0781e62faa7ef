/**
 * What time alone changes: one alarm, set for the next instant at which a decision is due or a lease
 * may be silent. Nothing is looked at before it.
 */

import type { Instant } from "../domain/id.ts";
import type { ControlInput } from "../domain/input.ts";
import { lossOf } from "../domain/loss.ts";
import { nextTick } from "../domain/next-tick.ts";
import { isSetBack } from "../domain/set-clock.ts";
import type { Clock } from "../lib/clock.ts";
import { type Notifier, waitFor } from "../lib/notifier.ts";
import type { DiskPatience } from "./disk-patience.ts";
import type { HeldLeases } from "./held-leases.ts";
import type { Ledger } from "./ledger.ts";

export interface ClockworkParts {
  readonly ledger: Ledger;
  readonly held: HeldLeases;
  readonly disk: DiskPatience;
  /** The time of day. */
  readonly clock: Clock;
  /** Of the state, and of what is held. */
  readonly changes: Notifier;
  readonly decide: (input: ControlInput) => Promise<unknown>;
}

/** Until the signal. Rejects on a bug. */
export async function runClockwork(parts: ClockworkParts, signal: AbortSignal): Promise<void> {
  const { ledger, held, disk, clock, changes, decide } = parts;
  try {
    for (;;) {
      const change = changes.next();
      const tickAt = nextTick(ledger.state, ledger.decidedAt);
      await waitFor({ clock, signal, until: earlier(tickAt, held.dueAt) }, change);
      const now = clock.now();
      const isDue = tickAt !== null && now >= tickAt;
      // Set back: what was counted to the old time is brought forward.
      if (isDue || isSetBack(ledger.state.lastAt, now)) await decide({ type: "tick" });
      for (const lease of await held.endSilent(now, disk.isRefused)) await decide(lossOf(lease));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

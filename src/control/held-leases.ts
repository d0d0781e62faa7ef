/**
 * The leases that runners hold, by fence: a slot's queue has one at a time, landings are held by the
 * batch. Who has not beaten in time is silent, unless nobody could.
 */

import type { Lease } from "../domain/commit.ts";
import type { Instant, SlotId } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { leaseMs, type Store } from "../store/store.ts";

export interface HeldLeasesParts {
  readonly store: Pick<Store, "reap">;
  /** The time of day. */
  readonly clock: Clock;
}

export class HeldLeases {
  readonly #parts: HeldLeasesParts;
  readonly #held = new Map<number, Lease>();
  #lookedAt: Instant;

  constructor(parts: HeldLeasesParts) {
    this.#parts = parts;
    this.#lookedAt = parts.clock.now();
  }

  /** When it is to be looked at who is silent; `null`: nobody holds anything. */
  get dueAt(): Instant | null {
    return this.#held.size === 0 ? null : this.#lookedAt + leaseMs;
  }

  /** What that slot holds now; `null`: nothing. */
  of(slot: SlotId): Lease | null {
    return [...this.#held.values()].findLast(({ queue }) => queue === slot) ?? null;
  }

  take(lease: Lease): void {
    if (this.#held.size === 0) this.forgive();
    this.#held.set(lease.fence, lease);
  }

  drop({ fence }: Lease): void {
    this.#held.delete(fence);
  }

  /** No beat could be kept until now: every runner deserves one more. */
  forgive(): void {
    this.#lookedAt = this.#parts.clock.now();
  }

  /** Ends those that are silent, where it is due. `isDiskRefused`: no beat can be kept now. */
  async endSilent(now: Instant, isDiskRefused: boolean): Promise<readonly Lease[]> {
    // Set back: nobody has been silent since.
    if (now < this.#lookedAt) this.#lookedAt = now;
    // Told anew: the disk may have refused meanwhile.
    const due = this.dueAt;
    if (due === null || now < due) return [];
    this.#lookedAt = now;
    // The machine slept, or the disk keeps no beat: every lease looks silent, and is not.
    if (now - due > leaseMs / 2 || isDiskRefused) return [];
    const silent = await this.#reap(now);
    for (const lease of silent) this.drop(lease);
    return silent;
  }

  /** Where the disk refuses, it refuses beats too: then nobody can be called silent. */
  async #reap(now: Instant): Promise<readonly Lease[]> {
    try {
      return await this.#parts.store.reap(now);
    } catch (error) {
      if (error instanceof AppError && error.code === "disk") return [];
      throw error;
    }
  }
}

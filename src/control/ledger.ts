/**
 * The state of a project together with its log: load, decide, commit, fold. One input after the
 * other; whatever another process has committed meanwhile is folded in before deciding again.
 */

import { apply, fold } from "../domain/apply.ts";
import type { Lease } from "../domain/commit.ts";
import { type Decision, decide, isRefusal } from "../domain/decide.ts";
import type { Event } from "../domain/event.ts";
import type { Instant } from "../domain/id.ts";
import type { Input } from "../domain/input.ts";
import type { Refusal } from "../domain/refusal.ts";
import { emptyState, foldVersion, readState, type State, writeState } from "../domain/state.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { Mutex } from "../lib/mutex.ts";
import type { Archive } from "../store/archive.ts";
import type { Store } from "../store/store.ts";

/** The one stream of a project. */
export const projectStream = "project";

/** A snapshot is written when so many events came after the last one (chosen). */
const snapshotEvery = 5_000;

export type Decided =
  | { readonly kind: "ok"; readonly decision: Decision }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** The lease under which the input came is lost; nothing was changed. */
  | { readonly kind: "stale" };

/** `seq`: the number of the first of `events`. `state` is the one after the last. */
export type CommitListener = (seq: number, events: readonly Event[], state: State) => void;

export interface LedgerParts {
  readonly store: Store;
  readonly archive: Archive;
  readonly clock: Clock;
}

export class Ledger {
  readonly #parts: LedgerParts;
  readonly #mutex = new Mutex();
  readonly #listeners: CommitListener[] = [];
  #state: State;
  #snapshotSeq: number;
  #decidedAt: Instant;

  private constructor(parts: LedgerParts, state: State, snapshotSeq: number) {
    this.#parts = parts;
    this.#state = state;
    this.#snapshotSeq = snapshotSeq;
    this.#decidedAt = parts.clock.now();
  }

  static async open(parts: LedgerParts): Promise<Ledger> {
    const from = await readSnapshot(parts.archive);
    const state = fold(await parts.store.load(projectStream, from.seq), from);
    return new Ledger(parts, state, from.seq);
  }

  /** The state of now. Read it, never keep it across an await, never write to it. */
  get state(): State {
    return this.#state;
  }

  /** The instant for which the last decision was made: what is due by then has been drawn. */
  get decidedAt(): Instant {
    return this.#decidedAt;
  }

  onCommit(listener: CommitListener): void {
    this.#listeners.push(listener);
  }

  /** Rejects with an AppError `disk` when the store cannot keep it; nothing has changed then. */
  async decide(input: Input): Promise<Decided> {
    return this.#mutex.run(async () => {
      for (;;) {
        const now = this.#parts.clock.now();
        const decided = decide(this.#state, input, now);
        if (isRefusal(decided)) return { kind: "refused", refusal: decided };
        const fence = input.from === "runner" ? input.lease : null;
        if (isEmpty(decided)) {
          this.#decidedAt = now;
          return { kind: "ok", decision: decided };
        }
        const outcome = await this.#parts.store.commit(this.#commitOf(decided, fence));
        if (outcome === "stale") return { kind: "stale" };
        if (outcome === "ok") {
          this.#decidedAt = now;
          this.#fold(decided.events);
          await this.#snapshotIfDue();
          return { kind: "ok", decision: decided };
        }
        await this.#catchUp();
      }
    });
  }

  /** Folds in what other processes have committed. */
  async refresh(): Promise<void> {
    await this.#mutex.run(() => this.#catchUp());
  }

  /** Ends a lease that leads to nothing: the state has moved on since it was offered. */
  async drop(lease: Lease): Promise<void> {
    await this.#mutex.run(async () => {
      for (;;) {
        const commit = { stream: projectStream, expected: this.#state.seq, events: [] };
        const outcome = await this.#parts.store.commit({ ...commit, fence: lease, settle: true });
        if (outcome !== "conflict") return;
        await this.#catchUp();
      }
    });
  }

  async #catchUp(): Promise<void> {
    this.#fold(await this.#parts.store.load(projectStream, this.#state.seq));
  }

  #commitOf(decision: Decision, fence: Lease | null) {
    const { events, offers, retract, settle } = decision;
    const commit = { stream: projectStream, expected: this.#state.seq, events, offers, retract };
    return fence === null ? commit : { ...commit, fence, settle };
  }

  #fold(events: readonly Event[]): void {
    if (events.length === 0) return;
    const seq = this.#state.seq + 1;
    for (const event of events) apply(this.#state, event);
    for (const listener of this.#listeners) listener(seq, events, this.#state);
  }

  async #snapshotIfDue(): Promise<void> {
    const { seq } = this.#state;
    if (seq - this.#snapshotSeq < snapshotEvery) return;
    this.#snapshotSeq = seq;
    const snapshot = { seq, version: foldVersion, data: writeState(this.#state) };
    try {
      await this.#parts.archive.writeSnapshot(projectStream, snapshot);
    } catch (error) {
      // The commit itself is on disk; without a snapshot the next start only reads more events.
      if (!(error instanceof AppError)) throw error;
    }
  }
}

/** The state as far as a usable snapshot tells it; the empty one without. */
export async function readSnapshot(archive: Pick<Archive, "readSnapshot">): Promise<State> {
  const snapshot = await archive.readSnapshot(projectStream);
  if (snapshot === null || snapshot.version !== foldVersion) return emptyState();
  return readState(snapshot.data);
}

function isEmpty(decision: Decision): boolean {
  const { events, offers, retract, settle } = decision;
  return events.length + offers.length + retract.length === 0 && !settle;
}

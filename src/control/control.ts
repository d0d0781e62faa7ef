/**
 * Control owns the truth of one project: it alone decides and commits. It touches no process and
 * no working tree. Runners pull from it by `claim`, `beat` and `submit`; people's wishes come in
 * by `ask`. What time alone changes is told it by its clockwork.
 */

import type { Report } from "../domain/agent.ts";
import type { AgentAsk, Answer } from "../domain/ask.ts";
import type { Lease } from "../domain/commit.ts";
import { type Directive, directives, placeOf } from "../domain/directive.ts";
import { outlook, type RunEnd } from "../domain/goal.ts";
import type { SlotId } from "../domain/id.ts";
import type { Assignment, ControlInput, Input, PersonInput, RunnerInput } from "../domain/input.ts";
import type { Claimed } from "../domain/order.ts";
import { briefOf, orderFor } from "../domain/orders.ts";
import type { Wish } from "../domain/rights.ts";
import type { State } from "../domain/state.ts";
import type { Clock } from "../lib/clock.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import type { Archive } from "../store/archive.ts";
import type { Store } from "../store/store.ts";
import { runClockwork } from "./clockwork.ts";
import { DiskPatience } from "./disk-patience.ts";
import { HeldLeases } from "./held-leases.ts";
import type { Decided, Ledger } from "./ledger.ts";

export interface ControlParts {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly archive: Archive;
  /** The time of day. */
  readonly clock: Clock;
  /** Time as it passes. */
  readonly steady: Clock;
  /** What a person should know while the work goes on: one sentence. */
  readonly onProblem: (says: string) => void;
}

export class Control implements AsyncDisposable {
  readonly #parts: ControlParts;
  readonly #changes = new Notifier();
  readonly #closed = new AbortController();
  readonly #over = Promise.withResolvers<RunEnd>();
  readonly #held: HeldLeases;
  readonly #disk: DiskPatience;
  /** Between `begin` and the end of the run. */
  #isOpen = false;
  #clockwork: Promise<void> = Promise.resolve();

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#held = new HeldLeases(parts);
    this.#disk = new DiskPatience({
      clock: parts.steady,
      onProblem: parts.onProblem,
      onWell: () => this.#held.forgive(),
      signal: this.#closed.signal,
    });
    // Also what another process has committed changes what there is to claim and to say.
    parts.ledger.onCommit(() => this.#changes.notify());
    // Whoever waits for the end is told of it; nobody may wait yet.
    this.#over.promise.catch(() => undefined);
  }

  get state(): State {
    return this.#parts.ledger.state;
  }

  /** Resolves when the run is over and its end is in the log; rejects on a bug in the clockwork. */
  get over(): Promise<RunEnd> {
    return this.#over.promise;
  }

  /** Opens the run: from now on work is handed out. */
  async begin(run: Extract<ControlInput, { type: "run_started" }>): Promise<void> {
    await this.#decide({ from: "control", input: run });
    this.#isOpen = true;
    const decide = (input: ControlInput) => this.tell(input);
    const parts = { ...this.#parts, held: this.#held, disk: this.#disk, changes: this.#changes };
    const runs = runClockwork({ ...parts, decide }, this.#closed.signal);
    this.#clockwork = runs.catch(this.#over.reject);
    await this.#afterDecision();
  }

  /** A person's wish; rejects with an AppError when the store cannot keep it. */
  async ask(input: PersonInput): Promise<Decided> {
    const decided = await this.#parts.ledger.decide({ from: "person", input });
    await this.#afterDecision();
    return decided;
  }

  /** The conductor's wish, of that term. */
  async askIn(term: number, input: Wish): Promise<Decided> {
    const decided = await this.#parts.ledger.decide({ from: "conductor", term, input });
    await this.#afterDecision();
    return decided;
  }

  /** What temoin itself brings: a broken slot, a stop, an end from outside. */
  async tell(input: ControlInput): Promise<void> {
    await this.#decide({ from: "control", input });
  }

  /** From now on nothing waits for a disk that refuses: it rejects with the disk's AppError. */
  hurry(): void {
    this.#disk.hurry();
  }

  /** Folds in what another process has put into the store, and acts on it. */
  async refresh(): Promise<void> {
    await this.#disk.until(() => this.#parts.ledger.refresh());
    await this.#decide({ from: "control", input: { type: "tick" } });
  }

  /** The agent of a slot speaks of the work that it holds now; `false`: it holds none. */
  async report(slot: SlotId, report: Report): Promise<boolean> {
    const lease = this.#held.of(slot);
    if (lease === null) return false;
    return (await this.submit({ type: "reported", report }, lease)) === "accepted";
  }

  /** The agent of a slot asks by a tool; `null`: it has no work. `answer`: its brief has one. */
  async question(
    slot: SlotId,
    ask: AgentAsk,
  ): Promise<{ readonly ask: string; readonly answer: Answer | null } | null> {
    const lease = this.#held.of(slot);
    if (lease === null) return null;
    const decided = await this.#decide({ from: "runner", input: { type: "asked", ask }, lease });
    if (decided.kind !== "ok") return null;
    const { events } = decided.decision;
    const asked = events.find((event) => event.type === "asked");
    const answered = events.find((event) => event.type === "answered");
    return asked === undefined ? null : { ask: asked.id, answer: answered?.answer ?? null };
  }

  async claim(queue: string, runner: string, signal: AbortSignal): Promise<Claimed> {
    const both = AbortSignal.any([signal, this.#closed.signal]);
    for (;;) {
      const change = this.#changes.next();
      both.throwIfAborted();
      const claimed = await this.claimNow(queue, runner);
      if (claimed !== null) return claimed;
      await waitFor({ clock: this.#parts.clock, signal: both, until: null }, change);
    }
  }

  async claimNow(queue: string, runner: string): Promise<Claimed | null> {
    for (;;) {
      const lease = await this.#disk.until(() => this.#parts.store.claim(queue, runner));
      if (lease === null) return null;
      const claimed = await this.#makeOrder(lease);
      if (claimed !== null) return claimed;
    }
  }

  async beat(
    request: {
      readonly leases: readonly Lease[];
      readonly seen: readonly string[];
      readonly waitMs: number;
    },
    signal: AbortSignal,
  ): Promise<{ readonly owned: readonly boolean[]; readonly directives: readonly Directive[] }> {
    const both = AbortSignal.any([signal, this.#closed.signal]);
    const { steady } = this.#parts;
    const until = steady.now() + request.waitMs;
    const owned = await this.#disk.until(() => this.#parts.store.beat(request.leases));
    for (const [place, lease] of request.leases.entries()) {
      if (owned[place] === false) this.#held.drop(lease);
    }
    for (;;) {
      const change = this.#changes.next();
      const mine = request.leases.map(placeOf);
      const fresh = directives(this.state).filter(
        (one) => mine.includes(placeOf(one)) && !request.seen.includes(one.id),
      );
      const isDue = steady.now() >= until;
      if (isDue || fresh.length > 0 || owned.includes(false)) return { owned, directives: fresh };
      await waitFor({ clock: steady, signal: both, until }, change);
    }
  }

  async submit(input: RunnerInput, lease: Lease): Promise<"accepted" | "stale"> {
    const decided = await this.#decide({ from: "runner", input, lease });
    const isOver = decided.kind === "stale" || (decided.kind === "ok" && decided.decision.settle);
    if (isOver) this.#held.drop(lease);
    return decided.kind === "stale" ? "stale" : "accepted";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Error("control is closed"));
    await this.#clockwork;
  }

  async #makeOrder(lease: Lease): Promise<Claimed | null> {
    // Control itself has put the assignment into the offer.
    const assignment = lease.data as unknown as Assignment;
    const hash = briefOf(this.state, assignment);
    const { archive, ledger } = this.#parts;
    const brief = hash === null ? null : await this.#disk.until(() => archive.get(hash));
    const order = orderFor(this.state, assignment, brief);
    if (order === null) {
      await this.#disk.until(() => ledger.drop(lease));
      return null;
    }
    this.#held.take(lease);
    // There is a lease to watch now.
    this.#changes.notify();
    return { lease, order };
  }

  async #decide(input: Input): Promise<Decided> {
    const decided = await this.#disk.until(() => this.#parts.ledger.decide(input));
    await this.#afterDecision();
    return decided;
  }

  /** Ends the run when it is over, and tells its end. */
  async #afterDecision(): Promise<void> {
    const { run } = this.state;
    if (!this.#isOpen || run === null) return;
    if (run.ended !== null) {
      this.#over.resolve({ exitCode: run.ended.exitCode, why: run.ended.why });
      return;
    }
    const view = outlook(this.state, this.#parts.clock.now());
    if (view.kind !== "over") return;
    const { exitCode, why } = view;
    await this.#decide({ from: "control", input: { type: "run_ended", exitCode, why } });
  }
}

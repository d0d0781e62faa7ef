/**
 * Control, its store and its clock in virtual time, to be killed at any boundary. What a disk keeps
 * (the log, offers, the repository, workspaces) outlives a kill; what a process holds (leases, what
 * was about to happen) does not. Only `decide` and the fold are real. The rules of the store are
 * those of its contract: an id that was ever offered to a queue is never taken in again.
 */

import assert from "node:assert/strict";
import { apply, fold } from "../../src/domain/apply.ts";
import type { Lease, Offer } from "../../src/domain/commit.ts";
import { type Decision, decide, isRefusal } from "../../src/domain/decide.ts";
import type { Event } from "../../src/domain/event.ts";
import { outlook } from "../../src/domain/goal.ts";
import type { Assignment, ControlInput, Input, RunnerInput } from "../../src/domain/input.ts";
import { nextTick } from "../../src/domain/next-tick.ts";
import { orderFor } from "../../src/domain/orders.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { emptyState, type State } from "../../src/domain/state.ts";
import { assertEvents, assertSettled } from "../property/invariants.ts";
import { Random } from "../property/random.ts";
import { assertLegal } from "../unit/domain/legal.ts";
import { runStarted } from "../unit/domain/project.ts";
import { clearUp } from "./clear-up.ts";
import { Hands } from "./hands.ts";
import type { ChaosPlan, Faults } from "./plan.ts";
import { Repository } from "./repository.ts";

/** Everything that is temoin has ended, here and now. */
class Killed extends Error {}

interface Happening {
  /** By the time that has passed, whatever the clock says. */
  readonly at: number;
  /** Of which life of temoin; `null`: it happens in any. */
  readonly life: number | null;
  readonly act: () => void;
}

export type Said = "accepted" | "stale" | "refused";

/** Then it is let live: who is killed all the time never ends. */
const mostKills = 20;

/** Far more than any plan needs to come to its end. */
const mostSteps = 20_000;

const day = 86_400_000;

export class ChaosWorld {
  readonly events: Event[] = [];
  readonly repository = new Repository();
  readonly random: Random;
  readonly plan: ChaosPlan;
  readonly hands: Hands;
  faults: Faults;
  /** Called at each boundary with its number; `true`: temoin is killed there. */
  killAt: (boundary: number) => boolean;
  boundaries = 0;
  kills = 0;
  /** Words of leases that were lost, which the store has refused. */
  staleWords = 0;
  #state: State = emptyState();
  #offers = new Map<string, Offer>();
  readonly #offered = new Set<string>();
  readonly #leases = new Map<string, Lease>();
  #happenings: Happening[] = [];
  #life = 0;
  #fence = 0;
  #decidedAt = 0;
  #elapsed = 1_000_000;
  #offset = 0;
  #freeBytes = 1_000;
  #policy: Partial<Policy>;

  constructor(plan: ChaosPlan) {
    this.plan = plan;
    this.faults = plan.faults;
    this.#policy = plan.policy;
    this.random = new Random(plan.seed);
    this.hands = new Hands(this);
    this.killAt = () => this.kills < mostKills && this.random.chance(this.faults.kill);
  }

  get state(): State {
    return this.#state;
  }

  get now(): number {
    return this.#elapsed + this.#offset;
  }

  get leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /** temoin does it, unless it is killed before. */
  later(afterMs: number, act: () => void): void {
    this.#happenings.push({ at: this.#elapsed + afterMs, life: this.#life, act });
  }

  /** It happens whatever becomes of temoin. */
  outside(afterMs: number, act: () => void): void {
    this.#happenings.push({ at: this.#elapsed + afterMs, life: null, act });
  }

  addTasks(): void {
    const { tasks } = this.plan;
    const isThere = (): boolean => this.#state.tasks.size > 0;
    // A person whose command was killed gives it again.
    while (!isThere())
      this.#once(() => this.submit({ from: "person", input: { type: "add", tasks } }));
  }

  /** temoin is started, and killed while it starts, until it runs. */
  start(policy: Partial<Policy> = this.#policy): void {
    this.#policy = policy;
    this.#alive(() => this.#begin());
  }

  /** Until nothing is left that could happen. */
  runDry(): void {
    for (let step = 0; ; step += 1) {
      assert(step < mostSteps, "the world does not come to rest");
      let isDone = false;
      this.#alive(() => {
        this.#misfortune();
        isDone = !this.#stepOnce();
      });
      if (isDone) return;
    }
  }

  control(input: ControlInput): void {
    this.submit({ from: "control", input });
  }

  say(lease: Lease, input: RunnerInput): Said {
    return this.submit({ from: "runner", input, lease });
  }

  /** Here temoin may be killed. */
  boundary(): void {
    this.boundaries += 1;
    if (this.killAt(this.boundaries)) throw new Killed(`at boundary ${this.boundaries}`);
  }

  isHeld(lease: Lease): boolean {
    return this.#leases.get(keyOf(lease))?.fence === lease.fence;
  }

  submit(input: Input): Said {
    const decided = decide(this.#state, input, this.now);
    if (isRefusal(decided)) return "refused";
    if (input.from === "runner" && !this.isHeld(input.lease)) {
      this.staleWords += 1;
      return "stale";
    }
    this.#decidedAt = this.now;
    const { events, offers, retract, settle } = decided;
    if (events.length + offers.length + retract.length > 0 || settle) {
      this.boundary();
      assertEvents(this.#state, events);
      this.#commit(decided, input);
      this.boundary();
    }
    this.#check();
    return "accepted";
  }

  /** Forgets what a process holds; what a disk keeps stays. The fold must come to the same. */
  reborn(): void {
    this.#life += 1;
    this.#happenings = this.#happenings.filter((one) => one.life === null);
    this.#leases.clear();
    this.#state = fold(JSON.parse(JSON.stringify(this.events)));
    this.hands.reborn();
  }

  /** Where it is killed it is started again, until it lives. */
  #alive(act: () => void): void {
    let isAlive = this.#once(act);
    while (!isAlive) {
      isAlive = this.#once(() => {
        clearUp(this);
        this.#begin();
      });
    }
  }

  /** `false`: it was killed in the midst of it. */
  #once(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.kills += 1;
      this.reborn();
      return false;
    }
  }

  /** Between two runs, while nothing is at work. */
  wait(ms: number): void {
    this.#elapsed += ms;
  }

  #begin(): void {
    const { agents } = this.plan;
    this.#readDisk();
    const started = runStarted(agents, this.#policy);
    this.control({ ...started, targetSha: this.repository.target });
  }

  #commit({ events, offers, retract, settle }: Decision, input: Input): void {
    for (const event of events) apply(this.#state, event);
    this.events.push(...events);
    if (input.from === "runner" && settle) this.#leases.delete(keyOf(input.lease));
    for (const offer of offers) {
      const key = keyOf(offer);
      if (!this.#offered.has(key)) this.#offers.set(key, offer);
      this.#offered.add(key);
    }
    for (const ref of retract) {
      this.#offers.delete(keyOf(ref));
      this.#leases.delete(keyOf(ref));
    }
  }

  #check(): void {
    assertLegal(this.#state);
    if (this.#state.lowDisk === null) assertSettled(this.#state, this.now);
    const view = outlook(this.#state, this.now);
    if (view.kind === "over" && this.#state.run?.ended === null) {
      const { exitCode, why } = view;
      this.control({ type: "run_ended", exitCode, why });
    }
  }

  #stepOnce(): boolean {
    this.#claimAll();
    const tick = nextTick(this.#state, this.#decidedAt);
    const dueAt = tick === null ? null : Math.max(this.#elapsed, tick - this.#offset);
    this.#happenings.sort((a, b) => a.at - b.at);
    const [first] = this.#happenings;
    if (dueAt !== null && (first === undefined || dueAt <= first.at)) {
      this.#elapsed = dueAt;
      this.control({ type: "tick" });
      return true;
    }
    if (first === undefined) {
      this.#assertNoneForgotten();
      return false;
    }
    this.#happenings.shift();
    this.#elapsed = Math.max(this.#elapsed, first.at);
    first.act();
    return true;
  }

  #claimAll(): void {
    if (this.#state.run?.ended !== null) return;
    for (const queue of new Set([...this.#offers.values()].map((offer) => offer.queue))) {
      const isBusy = this.leases.some((lease) => lease.queue === queue);
      if (isBusy || (queue === "$landing" && this.hands.isLanding)) continue;
      const ready = [...this.#offers.values()].filter((offer) => offer.queue === queue);
      const claimed: Lease[] = [];
      for (const offer of ready.toSorted((a, b) => b.priority - a.priority)) {
        if (claimed.length === (queue === "$landing" ? 3 : 1)) break;
        const lease = this.#claim(offer);
        if (lease !== null) claimed.push(lease);
      }
      if (claimed.length > 0) this.hands.take(claimed);
    }
  }

  /** `null`: the state has moved on since it was offered. */
  #claim(offer: Offer): Lease | null {
    this.#offers.delete(keyOf(offer));
    this.#fence += 1;
    const { queue, id, data } = offer;
    const lease = { queue, id, fence: this.#fence, runner: "here", expiresAt: 0, data };
    // The lease carries what control itself has put into the offer.
    if (orderFor(this.#state, data as unknown as Assignment, null) === null) return null;
    this.#leases.set(keyOf(lease), lease);
    return lease;
  }

  #misfortune(): void {
    const { random, faults } = this;
    if (this.#state.run?.ended !== null) return;
    if (random.chance(faults.silence)) this.#silenceOne();
    if (random.chance(faults.jump)) {
      this.#offset += random.chance(0.5) ? random.below(3 * day) : -random.below(3_600_000);
    }
    const wasRed = this.repository.at(this.repository.target).isRed;
    if (random.chance(faults.push)) this.repository.push(`push ${random.next()}`, wasRed);
    if (random.chance(faults.redPush)) this.repository.push(`push ${random.next()}`, !wasRed);
    if (random.chance(faults.disk)) {
      this.#freeBytes = 1;
      this.outside(1 + random.below(60_000), () => {
        this.#freeBytes = 1_000;
        this.#readDisk();
      });
      this.#readDisk();
    }
    if (random.chance(faults.person)) this.hands.interfere();
  }

  #readDisk(): void {
    const spaces = [{ dir: "/", freeBytes: this.#freeBytes }];
    this.control({ type: "disk_read", spaces, leastBytes: 100 });
  }

  #silenceOne(): void {
    const [lease] = this.random.some(this.leases, 0.5);
    if (lease === undefined) return;
    this.#leases.delete(keyOf(lease));
    this.hands.lose(lease);
  }

  /** Nothing is left to happen: then nothing may be at work or on offer. */
  #assertNoneForgotten(): void {
    const { run, running, landing, redTarget } = this.#state;
    if (run === null || run.ended !== null) return;
    assert.deepEqual([...running.keys()], [], "at work, and nobody works on it");
    if (redTarget === null) assert.deepEqual([...landing.keys()], [], "nobody lands it");
    assert.deepEqual([...this.#offers.keys()], [], "on offer, and nobody takes it");
  }
}

function keyOf(ref: { readonly queue: string; readonly id: string }): string {
  return `${ref.queue} ${ref.id}`;
}

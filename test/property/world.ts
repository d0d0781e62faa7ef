/**
 * A simulator in virtual time: control, runner and store without a process, a disk or a clock.
 * Queues hold offers, leases have fences, attempts end after random times with random outcomes,
 * a person interferes at random, and now and then everything is killed. Only `decide` and the
 * fold are real. What must hold is asserted after each step.
 */

import assert from "node:assert/strict";
import { apply } from "../../src/domain/apply.ts";
import type { AgentAsk } from "../../src/domain/ask.ts";
import { noWork, type Outcome, outcomes, type Work } from "../../src/domain/attempt.ts";
import type { Lease, Offer } from "../../src/domain/commit.ts";
import { type Decision, decide, isRefusal } from "../../src/domain/decide.ts";
import { directives } from "../../src/domain/directive.ts";
import type { Event } from "../../src/domain/event.ts";
import { outlook } from "../../src/domain/goal.ts";
import { goalName } from "../../src/domain/goal-items.ts";
import type { Assignment, ControlInput, Input, RunnerInput } from "../../src/domain/input.ts";
import { lossOf } from "../../src/domain/loss.ts";
import { nextTick } from "../../src/domain/next-tick.ts";
import { orderFor } from "../../src/domain/orders.ts";
import { emptyState, type State, taskOf } from "../../src/domain/state.ts";
import { assertLegal } from "../unit/domain/legal.ts";
import { type Agents, runStarted, sha, snapshot } from "../unit/domain/project.ts";
import { assertEvents, assertSettled } from "./invariants.ts";
import { Random } from "./random.ts";

export interface WorldPlan {
  readonly seed: number;
  readonly agents: Agents;
  readonly perTask: number;
  /** Of each step: that everything is killed, that one lease falls silent. */
  readonly kills: number;
  readonly silences: number;
  /** Of each attempt: that its agent cannot be started. */
  readonly unusable: number;
  /** Virtual milliseconds after the start, or none. */
  readonly deadline: number | null;
}

/** Called with each decision that was committed, and the state before it. */
export type Watcher = (before: State, events: readonly Event[]) => void;

type Ended = Extract<RunnerInput, { type: "attempt_ended" }>;

interface Happening {
  readonly at: number;
  readonly act: () => void;
}

/** Then it is let live: who is killed all the time never ends. */
const mostKills = 30;

/** Far more than any plan needs to come to its end. */
const mostSteps = 20_000;

export class World {
  readonly state: State = emptyState();
  readonly events: Event[] = [];
  readonly random: Random;
  now = 1_000_000;
  /** Of the leases that went away with their runner, those whose late words were still heard. */
  staleWords = 0;
  kills = 0;
  readonly #plan: WorldPlan;
  readonly #watch: Watcher;
  readonly #offers = new Map<string, Offer>();
  readonly #leases = new Map<string, Lease>();
  readonly #happenings: Happening[] = [];
  #fence = 0;
  #decidedAt = 0;
  #goalStale = true;

  constructor(plan: WorldPlan, watch: Watcher = () => {}) {
    this.#plan = plan;
    this.#watch = watch;
    this.random = new Random(plan.seed);
  }

  /** After a random time, at most `withinMs`. */
  later(withinMs: number, act: () => void): void {
    this.#happenings.push({ at: this.now + 1 + this.random.below(withinMs), act });
  }

  start(): void {
    const { agents, perTask, deadline } = this.#plan;
    const goal = [
      { kind: "queue" },
      { kind: "gates" },
      { kind: "changed", path: "README.md" },
      { kind: "run", command: "check" },
    ] as const;
    const due = deadline === null ? null : 1_000_000 + deadline;
    const policy = { perTask, goal, gates: ["test"], deadline: due, parkMs: 2_000 };
    this.control(runStarted(agents, policy));
  }

  /** Until nothing is left that could happen. */
  runDry(): void {
    for (let step = 0; ; step += 1) {
      assert(step < mostSteps, "the world does not come to rest");
      if (this.kills < mostKills && this.random.chance(this.#plan.kills)) this.#killAll();
      if (this.random.chance(this.#plan.silences)) this.#silenceOne();
      if (!this.#stepOnce()) return;
    }
  }

  control(input: ControlInput): void {
    this.submit({ from: "control", input });
  }

  /** Decides and commits, as control and its store do; `false`: refused, or the lease is lost. */
  submit(input: Input): boolean {
    const before = JSON.stringify(snapshot(this.state));
    const decided = decide(this.state, input, this.now);
    assert.equal(JSON.stringify(snapshot(this.state)), before, "decide changed its state");
    if (isRefusal(decided)) return false;
    if (input.from === "runner" && !this.#isHeld(input.lease)) {
      this.staleWords += 1;
      return false;
    }
    if (input.from === "runner" && decided.settle) this.#leases.delete(keyOf(input.lease));
    this.#commit(decided, input);
    return true;
  }

  #commit(decision: Decision, input: Input): void {
    assertEvents(this.state, decision.events);
    this.#watch(this.state, decision.events);
    for (const event of decision.events) {
      this.#noteGoal(event, input);
      apply(this.state, event);
    }
    this.events.push(...decision.events);
    for (const ref of decision.retract) {
      this.#offers.delete(keyOf(ref));
      this.#leases.delete(keyOf(ref));
    }
    for (const offer of decision.offers) {
      if (!this.#leases.has(keyOf(offer))) this.#offers.set(keyOf(offer), offer);
    }
    this.#decidedAt = this.now;
    assertLegal(this.state);
    assertSettled(this.state, this.now);
    const view = outlook(this.state, this.now);
    if (view.kind === "over" && this.state.run?.ended === null) {
      this.control({ type: "run_ended", exitCode: view.exitCode, why: view.why });
    }
    this.#claimAll();
    this.#assertLeases();
  }

  /** The goal is asked for once per state of things. */
  #noteGoal(event: Event, input: Input): void {
    if (event.type === "goal_asked") {
      // After a landing, what costs nothing.
      if (event.partial === true) return;
      const wasLost = input.from === "control" && input.input.type === "goal_lost";
      assert(this.#goalStale || wasLost, "the goal is asked for twice");
      this.#goalStale = false;
    } else if (
      ["task_added", "task_reopened", "task_cancelled", "task_skipped"].includes(event.type) ||
      ["attempt_offered", "landed", "run_started", "revert_asked", "reverted"].includes(event.type)
    ) {
      this.#goalStale = true;
    }
  }

  #stepOnce(): boolean {
    this.#claimAll();
    const tick = nextTick(this.state, this.#decidedAt);
    this.#happenings.sort((a, b) => a.at - b.at);
    const first = this.#happenings[0];
    if (tick !== null && (first === undefined || tick <= first.at)) {
      this.now = Math.max(this.now, tick);
      this.control({ type: "tick" });
      return true;
    }
    if (first === undefined) return this.#offers.size > 0 && this.state.run?.ended === null;
    this.#happenings.shift();
    this.now = Math.max(this.now, first.at);
    first.act();
    return true;
  }

  #claimAll(): void {
    for (const offer of [...this.#offers.values()]) {
      const isBusy = [...this.#leases.values()].some((lease) => lease.queue === offer.queue);
      // Nobody may have come for it when all is killed.
      if (isBusy || this.state.run?.ended !== null || this.random.chance(0.2)) continue;
      this.#offers.delete(keyOf(offer));
      this.#fence += 1;
      const { queue, id, data } = offer;
      const lease = { queue, id, fence: this.#fence, runner: "here", expiresAt: 0, data };
      // The lease carries what control itself has put into the offer.
      const assignment = data as unknown as Assignment;
      const order = orderFor(this.state, assignment, null);
      if (order === null) {
        assert.equal(assignment.kind, "goal", `${id} was offered and is not wanted`);
        continue;
      }
      this.#leases.set(keyOf(lease), lease);
      if (assignment.kind === "attempt") this.later(50, () => this.#begin(lease, assignment));
      else if (assignment.kind === "landing") this.later(500, () => this.#land(lease));
      else this.later(300, () => this.#lookAtGoal(lease));
    }
  }

  #begin(lease: Lease, at: Extract<Assignment, { kind: "attempt" }>): void {
    if (this.random.chance(this.#plan.unusable)) {
      const end = { ...this.#ended("crashed"), slotBroken: "it cannot start" };
      this.#say(lease, end);
    } else this.#work(lease, at);
  }

  /** One moment of an attempt: some words on the way, or its end. */
  #work(lease: Lease, at: Extract<Assignment, { kind: "attempt" }>): void {
    const { random } = this;
    const mine = directives(this.state).filter(
      (one) => one.task === at.task && one.attempt === at.attempt,
    );
    for (const one of mine) {
      if (one.kind === "tell") this.#say(lease, { type: "tell_delivered", id: one.id });
      if (one.kind === "answer") this.#hear(lease, one.agentAsk);
    }
    const end = mine.find((one) => one.kind === "end");
    if (end?.kind === "end") {
      this.#say(lease, this.#ended(end.outcome));
    } else if (random.chance(0.2)) {
      this.#ask(lease, at);
    } else if (random.chance(0.5)) {
      const phase = random.pick(["working", "verifying", "asking", "quiet"]);
      if (phase === "quiet") this.#say(lease, { type: "nudged", isLast: false, why: "quiet" });
      if (this.#say(lease, { type: "attempt_moved", phase, evidence: [] })) {
        this.later(6_000, () => this.#work(lease, at));
      } else if (random.chance(0.5)) {
        // A runner that has lost its lease may not know it yet.
        this.#say(lease, this.#ended(random.pick(outcomes)));
      }
    } else {
      const outcome = random.chance(0.5) ? "verified" : random.pick(outcomes);
      this.#say(lease, this.#ended(outcome));
    }
  }

  /** It asks, and then does whatever comes, as if it had been answered or had thought better of it. */
  #ask(lease: Lease, at: Extract<Assignment, { kind: "attempt" }>): void {
    const { random } = this;
    const ask: AgentAsk = {
      id: `s/${random.below(3)}`,
      kind: random.chance(0.8) ? "question" : "permission",
      says: `Which colour is ${random.below(9)}?`,
      choices: ["Red", "Blue"],
      takesText: random.chance(0.5),
    };
    this.#say(lease, { type: "asked", ask });
    this.later(9_000, () => this.#work(lease, at));
  }

  #hear(lease: Lease, agentAsk: string): void {
    const luck = this.random.next();
    if (luck < 0.5) this.#say(lease, { type: "ask_closed", agentAsk, why: "answered" });
    else if (luck < 0.7) this.#say(lease, { type: "answer_refused", agentAsk, why: "it is gone" });
  }

  #ended(outcome: Outcome): Ended {
    const { random } = this;
    return {
      type: "attempt_ended",
      outcome,
      why: `it was ${outcome}`,
      work: outcome === "verified" ? { ...this.#left(), head: sha(1) } : this.#left(),
      usage: null,
      evidence: [],
      ...this.#misfortune(outcome),
      verifyPassed: random.chance(0.3),
    };
  }

  /** A slot that breaks, a limit that is met. */
  #misfortune(outcome: Outcome): Pick<Ended, "slotBroken" | "limit"> {
    const { random } = this;
    const isBroken = outcome === "crashed" && random.chance(0.3);
    const slotBroken = isBroken ? "it cannot start" : null;
    if (outcome !== "limited") return { slotBroken, limit: null };
    const kind = random.pick(["usage", "rate", "overload", "billing"]);
    const until = random.chance(0.6) ? this.now + random.below(40_000) - 5_000 : null;
    return { slotBroken, limit: { kind, until, says: `no more: ${kind}` } };
  }

  #left(): Work {
    const { random } = this;
    const commit = () => (random.chance(0.5) ? sha(random.below(1_000)) : null);
    return { head: commit(), saved: commit(), commits: 1 };
  }

  #land(lease: Lease): void {
    const { random } = this;
    const luck = random.next();
    if (luck < 0.7) {
      const prepared = { expected: sha(1), mergeSha: sha(2) };
      if (!this.#say(lease, { type: "landing_prepared", prepared })) return;
      const followBlocked = random.chance(0.1) ? "uncommitted work is in the way" : null;
      this.later(100, () =>
        this.#say(lease, { type: "landed", sha: sha(2), proven: true, followBlocked }),
      );
    } else if (luck < 0.9) {
      const outcome = random.pick(["conflict", "gate_failed", "no_change"]);
      this.#say(lease, { type: "landing_refused", outcome, why: `landing: ${outcome}` });
    } else {
      this.#say(lease, { type: "landing_lost", why: "the target has moved" });
    }
  }

  #lookAtGoal(lease: Lease): void {
    const order = orderFor(this.state, lease.data as unknown as Assignment, null);
    const items = order?.kind === "goal" ? order.items : [];
    const results = items.flatMap((item) => {
      const met = this.random.chance(0.7);
      return item.kind === "queue" ? [] : { name: goalName(item), met, detail: met ? "yes" : "no" };
    });
    this.#say(lease, { type: "goal_checked", results, followBlocked: null });
  }

  #say(lease: Lease, input: RunnerInput): boolean {
    return this.submit({ from: "runner", input, lease });
  }

  #silenceOne(): void {
    const [lease] = this.random.some([...this.#leases.values()], 0.5);
    if (lease === undefined) return;
    this.#leases.delete(keyOf(lease));
    const assignment = lease.data as unknown as Assignment;
    if ("task" in assignment) this.#lose(assignment, false);
    else this.control(lossOf(lease));
  }

  /** As after `kill -9` of everything: the next start folds the log and ends what was at work. */
  #killAll(): void {
    if (this.state.run?.ended !== null) return;
    this.kills += 1;
    this.#leases.clear();
    // What people do goes on; what the dead runner would have done does not.
    this.control({ type: "run_ended", exitCode: 1, why: "killed" });
    for (const id of [...this.state.running.keys(), ...this.state.landing.keys()]) {
      const attempt = taskOf(this.state, id).attempts.length;
      this.#lose({ task: id, attempt }, true);
    }
    assert.equal(this.state.running.size, 0);
    this.start();
  }

  #lose(
    at: Pick<Extract<Assignment, { kind: "attempt" }>, "task" | "attempt">,
    byRestart: boolean,
  ) {
    const work = this.random.chance(0.5) ? this.#left() : noWork;
    const { task, attempt } = at;
    this.control({ type: "lost", task, attempt, byRestart, work, why: "its runner is gone" });
  }

  #isHeld(lease: Lease): boolean {
    return this.#leases.get(keyOf(lease))?.fence === lease.fence;
  }

  #assertLeases(): void {
    const queues = new Set<string>();
    const tasks = new Set<string>();
    for (const { queue, data } of this.#leases.values()) {
      assert(!queues.has(queue), `two leases of ${queue}`);
      queues.add(queue);
      const assignment = data as unknown as Assignment;
      if (!("task" in assignment)) continue;
      assert(!tasks.has(assignment.task), `two live leases of ${assignment.task}`);
      tasks.add(assignment.task);
    }
    if (this.state.run?.ended !== null) return;
    for (const id of this.state.running.keys()) {
      const known = [...this.#leases.values(), ...this.#offers.values()];
      const isKnown = known.some(
        (one) => one.id === `${id}/${taskOf(this.state, id).attempts.length}`,
      );
      assert(isKnown, `${id} is running, and nobody can work on it`);
    }
  }
}

function keyOf(ref: { readonly queue: string; readonly id: string }): string {
  return `${ref.queue} ${ref.id}`;
}

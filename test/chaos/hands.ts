/**
 * The runner of a chaotic world: workspaces and agents that work, lie, hang, crash and say things
 * twice; a person who interferes. What an agent will do hangs on the seed, its task and how many
 * attempts there were that were nobody's restart: so a killed run meets what the other one met.
 */

import assert from "node:assert/strict";
import { noWork, type Outcome, type Work } from "../../src/domain/attempt.ts";
import type { Lease } from "../../src/domain/commit.ts";
import { directives } from "../../src/domain/directive.ts";
import { goalName } from "../../src/domain/goal-items.ts";
import type { CommitSha, SlotId } from "../../src/domain/id.ts";
import type { Assignment, PersonInput, RunnerInput } from "../../src/domain/input.ts";
import { lossOf } from "../../src/domain/loss.ts";
import type { AttemptOrder, GoalOrder, LandingOrder, Order } from "../../src/domain/order.ts";
import { orderFor } from "../../src/domain/orders.ts";
import { attemptOf } from "../../src/domain/put-task.ts";
import { taskOf } from "../../src/domain/state.ts";
import type { Task } from "../../src/domain/task.ts";
import type { Random } from "../property/random.ts";
import { gateResult } from "./gate-result.ts";
import { Lander } from "./lander.ts";
import { luckOf } from "./luck.ts";
import type { ChaosWorld } from "./world.ts";

interface Workspace {
  readonly branch: string;
  readonly base: CommitSha;
  readonly lines: Set<string>;
  /** Its agent has its first prompt. */
  hasSession: boolean;
}

type Ended = Extract<RunnerInput, { type: "attempt_ended" }>;

/** What is saved of an attempt that was interrupted is gone on with. */
const interrupted: readonly Outcome[] = [
  "limited",
  "handed_off",
  "crashed",
  "lost",
  "stalled",
  "timed_out",
];

export class Hands {
  /** Each line that an agent has written anywhere. */
  readonly written = new Set<string>();
  readonly #world: ChaosWorld;
  readonly #workspaces = new Map<SlotId, Workspace>();
  #lander: Lander | null = null;

  constructor(world: ChaosWorld) {
    this.#world = world;
  }

  get isLanding(): boolean {
    return this.#lander !== null;
  }

  take(leases: readonly Lease[]): void {
    const [lease] = leases;
    assert(lease !== undefined);
    const order = this.#orderOf(lease);
    const world = this.#world;
    switch (order.kind) {
      case "attempt":
        world.later(1 + world.random.below(500), () => this.#begin(lease, order));
        return;
      case "goal":
        world.later(1 + world.random.below(300), () => this.#lookAtGoal(lease, order));
        return;
      case "landing": {
        const members = leases.map((one) => ({ lease: one, order: landing(this.#orderOf(one)) }));
        this.#lander = new Lander(world, members, () => {
          this.#lander = null;
        });
        this.#lander.start();
      }
    }
  }

  /** Its lease is lost, and it does not know. */
  lose(lease: Lease): void {
    this.#world.control(lossOf(lease));
  }

  reborn(): void {
    this.#lander = null;
  }

  livesOn(slot: SlotId, task: Task): boolean {
    const here = this.#workspaces.get(slot);
    const isHere = here?.branch === attemptOf(task, task.attempts.length).branch;
    return isHere && here.hasSession && this.#world.random.chance(this.#world.faults.outlives);
  }

  /** As `recover`: everything in the workspace is saved, where it is still this attempt's. */
  recover(slot: SlotId, task: Task): Work {
    const here = this.#workspaces.get(slot);
    if (here?.branch !== attemptOf(task, task.attempts.length).branch) return noWork;
    return { head: null, saved: this.#save(here), commits: 0 };
  }

  /** A person does something, whatever it is. */
  interfere(): void {
    const { random, state } = this.#world;
    const tasks = [...state.tasks.keys()];
    const id = tasks[random.below(tasks.length)];
    if (id === undefined) return;
    const tell = { tellId: `tell-${this.#world.events.length}`, text: "go on" };
    const moves: readonly [PersonInput, ...PersonInput[]] = [
      { type: "retry", id },
      { type: "land", id },
      { type: "reject", id, ...tell },
      { type: "tell", id, ...tell },
      { type: "pause", id },
      { type: "resume", id },
      { type: "cancel", id },
      { type: "skip", id },
    ];
    this.#world.submit({ from: "person", input: random.pick(moves) });
  }

  #orderOf(lease: Lease): Order {
    const order = orderFor(this.#world.state, lease.data as unknown as Assignment, null);
    assert(order !== null, `${lease.id} is no longer wanted`);
    return order;
  }

  #begin(lease: Lease, order: AttemptOrder): void {
    const world = this.#world;
    const move = (phase: "preparing" | "working"): boolean =>
      world.say(lease, { type: "attempt_moved", phase, evidence: [] }) === "accepted";
    if (order.isResumed) {
      if (move("working")) this.#work(lease, order, order.rounds);
      return;
    }
    if (!move("preparing")) return;
    this.#prepare(order);
    const luck = this.#luck(order, "start");
    if (luck.chance(world.faults.unusable)) {
      this.#end(lease, order, { outcome: "crashed", slotBroken: "it cannot start" });
      return;
    }
    this.#workspace(order).hasSession = true;
    if (move("working")) this.#work(lease, order, 0);
  }

  /** The slot's workspace, from the attempt's base; what lay there is saved. */
  #prepare(order: AttemptOrder): void {
    const { repository } = this.#world;
    const before = this.#workspaces.get(order.slot);
    if (before !== undefined) this.#save(before);
    this.#assertGoesOn(order);
    const base = order.base.from === "target" ? repository.target : order.base.commit;
    const lines = new Set(repository.at(base).lines);
    this.#workspaces.set(order.slot, { branch: order.branch, base, lines, hasSession: false });
  }

  /** What was saved of the attempt before is what this one begins with. */
  #assertGoesOn(order: AttemptOrder): void {
    const task = taskOf(this.#world.state, order.task.id);
    const last = task.attempts.at(-2);
    if (last?.phase !== "ended" || task.workStart >= task.attempts.length - 1) return;
    if (!interrupted.includes(last.outcome) || last.work.saved === null) return;
    const from = order.base.from === "attempt" ? order.base.commit : "the target";
    assert.equal(from, last.work.saved, `${order.branch} does not go on from what was saved`);
  }

  #work(lease: Lease, order: AttemptOrder, round: number): void {
    const world = this.#world;
    this.#write(order, `${order.branch} round ${round}`);
    const luck = this.#luck(order, `round ${round}`);
    world.later(1_000 + luck.below(60_000), () => {
      // Whoever has lost the lease learns of it by its next beat.
      if (!world.isHeld(lease)) world.say(lease, this.#ended(order, {}));
      else if (!this.#obey(lease, order)) this.#act(lease, order, { luck, round });
    });
  }

  /** A person's words are delivered; `true`: it was to end, and has. */
  #obey(lease: Lease, order: AttemptOrder): boolean {
    const world = this.#world;
    const mine = directives(world.state).filter(
      (one) => one.task === order.task.id && one.attempt === order.attempt,
    );
    for (const one of mine) {
      if (one.kind === "tell") world.say(lease, { type: "tell_delivered", id: one.id });
    }
    const end = mine.find((one) => one.kind === "end");
    if (end?.kind !== "end") return false;
    this.#end(lease, order, { outcome: end.outcome });
    return true;
  }

  #act(lease: Lease, order: AttemptOrder, at: { luck: Random; round: number }): void {
    const world = this.#world;
    const { faults } = world;
    const { luck } = at;
    const end = (how: Partial<Ended>): void => this.#end(lease, order, how);
    if (luck.chance(faults.crash)) end({ outcome: "crashed" });
    else if (luck.chance(faults.hang)) {
      const outcome = luck.pick(["timed_out", "stalled"]);
      world.later(order.policy.turnMs, () => end({ outcome }));
    } else if (luck.chance(faults.block)) end({ outcome: "blocked" });
    else if (luck.chance(faults.idle)) end({ outcome: "no_change" });
    else if (luck.chance(faults.limit)) {
      const kind = luck.pick(["usage", "rate", "overload", "billing"]);
      const until = luck.chance(0.7) ? world.now + luck.below(4 * 3_600_000) - 60_000 : null;
      const limit = { kind, until, says: `no more: ${kind}` };
      end({ outcome: "limited", limit });
    } else {
      const report = {
        kind: "done",
        text: "all tests pass",
        files: [],
        tests: null,
        at: world.now,
      } as const;
      const times = luck.chance(faults.twice) ? 2 : 1;
      for (let n = 0; n < times; n += 1) world.say(lease, { type: "reported", report });
      this.#verify(lease, order, at);
    }
  }

  /** A liar has written nothing that its gates would pass; honest work may be red all the same. */
  #verify(lease: Lease, order: AttemptOrder, { luck, round }: { luck: Random; round: number }) {
    const world = this.#world;
    const { faults } = world;
    const isLie = luck.chance(faults.lie);
    if (!isLie) this.#write(order, `work of ${order.task.id}`);
    const isErrored = luck.chance(faults.errored);
    const isFlaky = luck.chance(faults.flaky);
    const isRed = isLie || isErrored || luck.chance(faults.red);
    const verdict = isErrored ? "errored" : isRed ? "failed" : "passed";
    if (
      world.say(lease, { type: "attempt_moved", phase: "verifying", evidence: [] }) !== "accepted"
    )
      return;
    this.#tellOfTarget(lease, order);
    const where = { where: "workspace", round } as const;
    const flaky = isFlaky && !isRed ? { flaky: true } : {};
    world.say(lease, { type: "gates_ran", results: [gateResult(verdict, { ...where, ...flaky })] });
    if (!isRed) {
      this.#end(lease, order, { outcome: "verified" });
      if (luck.chance(faults.twice)) this.#end(lease, order, { outcome: "verified" });
      return;
    }
    if (round >= order.policy.feedbackRounds || !world.isHeld(lease)) {
      const isDoubt = !isErrored && isLie && luck.chance(0.3);
      const doubt = isDoubt ? { doubt: "its tests were emptied" } : {};
      this.#end(lease, order, { outcome: isDoubt ? "refused" : "gate_failed", ...doubt });
      return;
    }
    world.say(lease, { type: "feedback_given", round: round + 1, says: "red" });
    this.#work(lease, order, round + 1);
  }

  /** Where nobody has run the gates on what it was built on, the runner does. */
  #tellOfTarget(lease: Lease, order: AttemptOrder): void {
    const { state, repository } = this.#world;
    const { base } = this.#workspace(order);
    if (order.base.from !== "target" || state.checks.some(({ sha }) => sha === base)) return;
    const verdict = repository.at(base).isRed ? "failed" : "passed";
    const results = [gateResult(verdict, { where: "target" })];
    this.#world.say(lease, { type: "target_checked", sha: base, results, commits: [] });
  }

  #end(lease: Lease, order: AttemptOrder, how: Partial<Ended>): void {
    const said = this.#world.say(lease, this.#ended(order, how));
    // Whose lease is lost changes nothing, whatever it says.
    if (said === "stale") assert(!this.#world.isHeld(lease));
  }

  #ended(order: AttemptOrder, how: Partial<Ended>): Ended {
    const outcome = how.outcome ?? "verified";
    return {
      type: "attempt_ended",
      outcome,
      why: `it was ${outcome}`,
      work: this.#leave(order, outcome),
      usage: null,
      evidence: [],
      slotBroken: null,
      limit: null,
      verifyPassed: false,
      ...how,
    };
  }

  #leave(order: AttemptOrder, outcome: Outcome): Work {
    const here = this.#workspaces.get(order.slot);
    if (here?.branch !== order.branch) {
      return outcome === "verified" ? { ...noWork, head: this.#world.repository.target } : noWork;
    }
    const kept = this.#save(here);
    const isCommitted = ["verified", "gate_failed", "refused"].includes(outcome);
    return { head: isCommitted ? kept : null, saved: kept, commits: isCommitted ? 1 : 0 };
  }

  #lookAtGoal(lease: Lease, order: GoalOrder): void {
    const { repository } = this.#world;
    const sha = repository.target;
    const { isRed } = repository.at(sha);
    const items = order.items.filter((item) => item.kind !== "queue");
    const results = items.map((item) => {
      return { name: goalName(item), met: !isRed, detail: isRed ? "it is red" : "it passed" };
    });
    const red = isRed ? { red: [gateResult("failed", { where: "target" })] } : {};
    const seen = order.items.length === 0 ? {} : { sha, ...red };
    this.#world.say(lease, { type: "goal_checked", results, ...seen, followBlocked: null });
  }

  #write(order: AttemptOrder, line: string): void {
    this.#workspace(order).lines.add(line);
    this.written.add(line);
    this.#world.boundary();
  }

  #workspace(order: AttemptOrder): Workspace {
    const here = this.#workspaces.get(order.slot);
    assert(here?.branch === order.branch, `${order.slot} has been given away`);
    return here;
  }

  #save({ lines, base }: Workspace): CommitSha {
    const sha = this.#world.repository.keep(lines, base);
    this.#world.boundary();
    return sha;
  }

  /** The same for the same try, whatever was killed before it. */
  #luck(order: Pick<AttemptOrder, "task">, what: string): Random {
    return luckOf(this.#world, order.task.id, what);
  }
}

function landing(order: Order): LandingOrder {
  assert(order.kind === "landing");
  return order;
}

/**
 * A runner owns the hands of one host: a loop per slot, one for landings, one for the goal, one
 * for the conductor, one that beats for all of them. It pulls its work from control and holds no truth of its own.
 */

import type { SlotSpec } from "../domain/agent.ts";
import type { Claimed, GoalOrder } from "../domain/order.ts";
import { listText } from "../domain/view-text.ts";
import { Baselines } from "./baselines.ts";
import { checkGoal } from "./check-goal.ts";
import { ConductorSeat } from "./conductor-seat.ts";
import { type Desk, Desks } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { LandingBatch } from "./land.ts";
import { SlotLoop } from "./slot-loop.ts";
import { SlotsFirst } from "./slots-first.ts";
import type { Member } from "./stack.ts";
import { isTrouble, pauseAfter } from "./trouble.ts";

export class Runner implements AsyncDisposable {
  readonly #hands: Hands;
  readonly #baselines: Baselines;
  readonly #desks: Desks;
  readonly #slotsFirst: SlotsFirst;
  readonly #slots: readonly SlotLoop[];
  readonly #seat: ConductorSeat;
  /** No more work is claimed. */
  readonly #enough = new AbortController();
  readonly #stop = new AbortController();
  /** Troubles of landings and goals, one after the other. */
  #troubles = 0;
  #work: Promise<unknown> = Promise.resolve();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(given: Hands, slots: readonly SlotSpec[]) {
    this.#baselines = new Baselines(given);
    const hands = { ...given, port: this.#baselines.listening(given.port) };
    this.#hands = hands;
    this.#desks = new Desks(hands);
    this.#slotsFirst = new SlotsFirst(hands.clock);
    const [desks, slotsFirst, baselines] = [this.#desks, this.#slotsFirst, this.#baselines];
    const parts = { hands, desks, slotsFirst, baselines };
    this.#slots = slots.map((slot) => new SlotLoop(parts, slot));
    this.#seat = new ConductorSeat(hands, desks);
  }

  /** Starts all loops. Resolves when the runner was disposed of; rejects on a bug in one of them. */
  run(): Promise<void> {
    const { signal } = this.#enough;
    const work = [
      this.#landWhatWaits(signal),
      this.#lookAtGoals(signal),
      this.#seat.run(signal),
      ...this.#slots.map((slot) => slot.run(signal)),
    ].map((loop) => endQuietly(loop, signal));
    const beats = endQuietly(this.#desks.run(this.#stop.signal), this.#stop.signal);
    this.#work = Promise.allSettled(work);
    this.#loops = Promise.allSettled([...work, beats]);
    return Promise.all([...work, beats]).then(() => undefined);
  }

  /**
   * Ends all work at hand at once, and takes no more: agents are interrupted, their work is saved,
   * nothing counts. Resolves when all of it has ended.
   */
  async interrupt(why: string): Promise<void> {
    this.#enough.abort(new Error(why));
    this.#desks.stopAll(why);
    await this.#work;
  }

  /** Ends loops and sessions, with every process that they started. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Beats go on until the last piece of work has said its end.
    await this.interrupt("temoin ends");
    this.#stop.abort(new Error("the runner is stopped"));
    await this.#loops;
    await Promise.all([this.#seat, ...this.#slots].map((one) => one[Symbol.asyncDispose]()));
  }

  async #landWhatWaits(signal: AbortSignal): Promise<void> {
    const { port, runner } = this.#hands;
    for (;;) {
      const first = this.#openLanding(await port.claim("$landing", runner, signal));
      using batch = new LandingBatch({
        hands: this.#hands,
        first,
        claimMore: async () => {
          const claimed = signal.aborted ? null : await port.claimNow("$landing", runner);
          return claimed === null ? null : this.#openLanding(claimed);
        },
        lookAtTarget: (desk) => this.#baselines.ofTarget(desk),
        known: (sha) => this.#baselines.known(sha),
        release: ({ desk }) => this.#desks.close(desk),
      });
      await this.#land(batch, first);
    }
  }

  #openLanding({ lease, order }: Claimed): Member {
    if (order.kind !== "landing") throw new Error(`$landing was offered: ${order.kind}`);
    return { order, desk: this.#desks.open(lease) };
  }

  /** After trouble it is given back, as the record of a landing tells how far it has come. */
  async #land(batch: LandingBatch, first: Member): Promise<void> {
    await this.#slotsFirst.letPass(first.desk.signal);
    try {
      this.#baselines.seed(first.order.checks ?? []);
      // What a person has pushed is known before anything lands on it.
      if (first.order.prepared === null) await this.#baselines.ofTarget(first.desk);
      // Where it has turned red, this landing is taken back.
      await first.desk.sync();
      await batch.run();
      this.#troubles = 0;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const names = listText(batch.waiting.map(({ order }) => order.task.id));
      const why = `${names} could not land now: ${error.message}`;
      this.#hands.onProblem(`${why} It is tried again.`);
      const waiting = batch.waiting.find(({ desk }) => desk.cut === null);
      if (waiting !== undefined) await this.#pause(waiting.desk);
      await batch.giveBack(why);
    }
  }

  async #lookAtGoals(signal: AbortSignal): Promise<void> {
    const { port, runner } = this.#hands;
    for (;;) {
      const { lease, order } = await port.claim("$goal", runner, signal);
      if (order.kind !== "goal") throw new Error(`$goal was offered: ${order.kind}`);
      const desk = this.#desks.open(lease);
      try {
        await this.#checkGoal(order, desk);
      } finally {
        this.#desks.close(desk);
      }
    }
  }

  async #checkGoal(order: GoalOrder, desk: Desk): Promise<void> {
    while (desk.cut === null) {
      try {
        await checkGoal({ hands: this.#hands, order, desk });
        this.#troubles = 0;
        return;
      } catch (error) {
        if (!isTrouble(error)) throw error;
        const why = `The goal could not be looked at now: ${error.message}`;
        this.#hands.onProblem(`${why} It is tried again.`);
        await this.#pause(desk);
      }
    }
  }

  async #pause(desk: Desk): Promise<void> {
    await pauseAfter(this.#troubles, this.#hands.clock, desk);
    this.#troubles += 1;
  }
}

/** After the signal a loop ends by the signal's reason, which is no failure. */
async function endQuietly(loop: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await loop;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * A runner owns the hands of one host: a loop per slot, one for landings, one for the goal, one
 * that beats for all of them. It pulls its work from control and holds no truth of its own.
 */

import type { SlotSpec } from "../domain/agent.ts";
import type { GoalOrder, LandingOrder, Order } from "../domain/order.ts";
import { checkGoal } from "./check-goal.ts";
import { type Desk, Desks } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { land } from "./land.ts";
import { SlotLoop } from "./slot-loop.ts";
import { SlotsFirst } from "./slots-first.ts";
import { isTrouble, pauseAfter } from "./trouble.ts";

export class Runner implements AsyncDisposable {
  readonly #hands: Hands;
  readonly #desks: Desks;
  readonly #slotsFirst: SlotsFirst;
  readonly #slots: readonly SlotLoop[];
  /** No more work is claimed. */
  readonly #enough = new AbortController();
  readonly #stop = new AbortController();
  /** Troubles of landings and goals, one after the other. */
  #troubles = 0;
  #work: Promise<unknown> = Promise.resolve();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(hands: Hands, slots: readonly SlotSpec[]) {
    this.#hands = hands;
    this.#desks = new Desks(hands);
    this.#slotsFirst = new SlotsFirst(hands.clock);
    const parts = { hands, desks: this.#desks, slotsFirst: this.#slotsFirst };
    this.#slots = slots.map((slot) => new SlotLoop(parts, slot));
  }

  /** Starts all loops. Resolves when the runner was disposed of; rejects on a bug in one of them. */
  run(): Promise<void> {
    const { signal } = this.#enough;
    const work = [
      this.#serve("$landing", signal),
      this.#serve("$goal", signal),
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
    await Promise.all(this.#slots.map((slot) => slot[Symbol.asyncDispose]()));
  }

  async #serve(queue: "$landing" | "$goal", signal: AbortSignal): Promise<void> {
    const hands = this.#hands;
    for (;;) {
      const { lease, order } = await hands.port.claim(queue, hands.runner, signal);
      const desk: Desk = this.#desks.open(lease);
      try {
        await this.#carryOut(queue, order, desk);
      } finally {
        this.#desks.close(desk);
      }
    }
  }

  #carryOut(queue: string, order: Order, desk: Desk): Promise<void> {
    switch (order.kind) {
      case "landing":
        return this.#land(order, desk);
      case "goal":
        return this.#checkGoal(order, desk);
      case "attempt":
        throw new Error(`${queue} was offered an attempt`);
    }
  }

  /** After trouble it is given back, as the record of a landing tells how far it has come. */
  async #land(order: LandingOrder, desk: Desk): Promise<void> {
    await this.#slotsFirst.letPass(desk.signal);
    try {
      await land({ hands: this.#hands, order, desk });
      this.#troubles = 0;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const why = `${order.task.id} could not land now: ${error.message}`;
      this.#hands.onProblem(`${why} It is tried again.`);
      await this.#pause(desk);
      if (desk.cut === null) await desk.say({ type: "landing_lost", why });
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

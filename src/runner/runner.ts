/**
 * A runner owns the hands of one host: a loop per slot, one for landings, one for the goal, one
 * that beats for all of them. It pulls its work from control and holds no truth of its own.
 */

import type { SlotSpec } from "../domain/agent.ts";
import { checkGoal } from "./check-goal.ts";
import { type Desk, Desks } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { land } from "./land.ts";
import { SlotLoop } from "./slot-loop.ts";

export class Runner implements AsyncDisposable {
  readonly #hands: Hands;
  readonly #desks: Desks;
  readonly #slots: readonly SlotLoop[];
  readonly #stop = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(hands: Hands, slots: readonly SlotSpec[]) {
    this.#hands = hands;
    this.#desks = new Desks(hands);
    this.#slots = slots.map((slot) => new SlotLoop(hands, this.#desks, slot));
  }

  /** Starts all loops. Resolves when the runner was disposed of; rejects on a bug in one of them. */
  run(): Promise<void> {
    const { signal } = this.#stop;
    const loops = [
      this.#desks.run(signal),
      this.#serve("$landing", signal),
      this.#serve("$goal", signal),
      ...this.#slots.map((slot) => slot.run(signal)),
    ];
    const quiet = loops.map((loop) => loop.catch((error) => this.#rethrowUnlessStopped(error)));
    this.#loops = Promise.allSettled(quiet);
    return Promise.all(quiet).then(() => undefined);
  }

  /** Ends all work at hand at once: agents are interrupted, their work is saved, nothing counts. */
  interrupt(why: string): void {
    this.#desks.stopAll(why);
  }

  /** Ends loops and sessions, with every process that they started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#desks.stopAll("temoin ends");
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
        if (order.kind === "landing") await land({ hands, order, desk });
        else if (order.kind === "goal") await checkGoal({ hands, order, desk });
        else throw new Error(`${queue} was offered an attempt`);
      } finally {
        this.#desks.close(desk);
      }
    }
  }

  #rethrowUnlessStopped(error: unknown): void {
    if (!this.#stop.signal.aborted) throw error;
  }
}

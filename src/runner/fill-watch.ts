/** How full a conversation is, kept as its agent tells it. */

import type { AgentEvent } from "../agents/driver.ts";
import type { Usage } from "../domain/agent.ts";
import {
  type HandoffPolicy,
  type HandoffStep,
  handoffStep,
  usualHandoff,
} from "../domain/handoff.ts";
import type { Instant } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";

/** What is known of the conversation as the watch begins. */
export type Filling = Pick<AttemptOrder, "policy" | "used" | "isResumed" | "rounds">;

export class FillWatch {
  readonly #clock: Clock;
  readonly #policy: HandoffPolicy;
  readonly #hasOverage: boolean;
  readonly #since: Instant;
  #usage: Usage | null;
  #prompts: number;
  #compacts: string | null = null;

  constructor(clock: Clock, order: Filling, hasOverage: boolean) {
    this.#clock = clock;
    this.#policy = order.policy.handoff ?? usualHandoff;
    this.#hasOverage = hasOverage;
    this.#since = clock.now();
    this.#usage = order.used;
    this.#prompts = order.isResumed ? order.rounds : 0;
  }

  /** The agent has a further prompt. */
  prompted(): void {
    this.#prompts += 1;
  }

  /** `true`: a handoff may be due by it. */
  hear(event: AgentEvent): boolean {
    if (event.type === "compacting") this.#compacts = event.says;
    else if (event.type === "usage") this.#take(event.usage);
    else return false;
    return this.due("in_turn").do === "execute";
  }

  #take(usage: Usage): void {
    const before = this.#usage?.context?.used ?? 0;
    const now = usage.context?.used ?? before;
    // It was compacted while a person had it in hand: there is nothing left to save from it.
    if (now < before / 2) this.#compacts = null;
    this.#usage = { ...this.#usage, ...usage };
  }

  due(when: "in_turn" | "at_rest"): HandoffStep {
    const fill = {
      usage: this.#usage,
      compacts: this.#compacts,
      prompts: this.#prompts,
      ageMs: this.#clock.now() - this.#since,
      hasOverage: this.#hasOverage,
    };
    const at = { now: timeOfDay(this.#clock), inTurn: when === "in_turn" };
    return handoffStep(fill, this.#policy, at);
  }
}

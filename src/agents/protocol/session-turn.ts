/**
 * One turn of a session over an agent's own interface. What its agent tells before the receipt is
 * known is held back, so that it is told after `accepted`.
 */

import type { Source } from "../../domain/agent.ts";
import type { Clock } from "../../lib/clock.ts";
import { Activity } from "../activity.ts";
import type { TurnEnd } from "../driver.ts";
import type { Fact } from "./line.ts";

interface Told {
  readonly fact: Fact;
  readonly source: Source;
}

export interface SessionTurnParts {
  readonly promptId: string;
  readonly clock: Clock;
  readonly tellActivity: (says: string) => void;
}

export class SessionTurn {
  readonly promptId: string;
  /** The agent is being given the prompt: what comes now may be of this turn. */
  isGiven = false;
  /** The agent has the prompt, and that is told. */
  isTold = false;
  isInterrupted = false;
  /** Its last line so far. */
  says = "";
  /** Set once: its end is being told, or was. */
  ending: Promise<void> | null = null;
  readonly #activity: Activity;
  readonly #over = Promise.withResolvers<void>();
  #held: Told[] = [];

  constructor({ promptId, clock, tellActivity }: SessionTurnParts) {
    this.promptId = promptId;
    this.#activity = new Activity(tellActivity, clock);
  }

  /** Resolves when its end was told, or when it did not come to be. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Is the fact kept for later? What is for the log alone may come in floods, and is not. */
  holds(fact: Fact, source: Source): boolean {
    if (!this.isGiven || this.isTold || fact.type === "output") return false;
    // Of its lines the last one is enough.
    if (fact.type === "activity" && this.#held.at(-1)?.fact.type === "activity") this.#held.pop();
    this.#held.push({ fact, source });
    return true;
  }

  /** What was kept, once. */
  release(): readonly Told[] {
    return this.#held.splice(0);
  }

  showsActivity(says: string): void {
    this.says = says;
    this.#activity.line(says);
  }

  stopsActivity(): void {
    this.#activity[Symbol.dispose]();
  }

  /** As it is told: what was interrupted counts as that, however it came to its end. */
  endAs(end: TurnEnd): TurnEnd {
    return this.isInterrupted ? { result: "interrupted" } : end;
  }

  close(): void {
    this.#over.resolve();
  }
}

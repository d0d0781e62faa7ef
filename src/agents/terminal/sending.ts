/** A prompt on its way, and whether an interrupt may call it off. */

import type { Instant } from "../../domain/id.ts";
import type { Step } from "./delivery.ts";

/** A wait that is longer than that is called off by an interrupt (chosen). */
const shortWaitMs = 4_000;

export class Sending {
  readonly promptId: string;
  readonly #cancel = new AbortController();
  #isBlocked = false;
  #isUnwanted = false;

  constructor(promptId: string) {
    this.promptId = promptId;
  }

  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Whatever it is doing. */
  cancel(why: string): void {
    this.#cancel.abort(new Error(why));
  }

  /** A prompt that is being given is given; one that waits for somebody else is not. */
  interrupt(): void {
    this.#isUnwanted = true;
    this.#callOff();
  }

  /** It waits for the agent's start, which may take long. */
  waitForStart(isWaiting: boolean): void {
    this.#isBlocked = isWaiting;
    this.#callOff();
  }

  wait(step: Extract<Step, { do: "wait" }> | null, now: Instant): void {
    const isLong = step !== null && (step.until === null || step.until > now + shortWaitMs);
    this.#isBlocked = isLong || step?.byPerson === true;
    this.#callOff();
  }

  #callOff(): void {
    if (this.#isUnwanted && this.#isBlocked) this.cancel("it was called off");
  }
}

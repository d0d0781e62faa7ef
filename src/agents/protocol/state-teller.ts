/** What a session over a protocol tells of its agent's state: each change once, with its reason. */

import type { Source } from "../../domain/agent.ts";
import type { EventStream } from "../event-stream.ts";
import type { Fact } from "./line.ts";
import { firstSight, type Sight, sayState, see } from "./turn-state.ts";

export class StateTeller {
  readonly #stream: EventStream;
  #sight: Sight = firstSight;
  #told: Sight["state"] = firstSight.state;
  #isHeld = false;
  #isReadyTold = false;

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  /** A person's own turn runs. */
  get isForeign(): boolean {
    return this.#sight.isForeign;
  }

  ready(): void {
    if (!this.#isReadyTold) this.#stream.tell({ type: "ready" }, "protocol");
    this.#isReadyTold = true;
    this.#sight = { ...this.#sight, state: "idle", isForeign: false };
    this.#tell("it takes prompts", "protocol");
  }

  see(fact: Fact, isOurs: boolean, source: Source = "protocol"): void {
    this.#sight = see(this.#sight, fact, isOurs);
    this.#tell(sayState(this.#sight, fact), source);
  }

  /** A person has the agent: nothing is sent meanwhile. */
  held(byPerson: boolean): void {
    if (this.#isHeld === byPerson) return;
    this.#isHeld = byPerson;
    this.#stream.tell({ type: "held", byPerson }, "person");
  }

  #tell(says: string, source: Source): void {
    const { state } = this.#sight;
    if (state === this.#told || !this.#isReadyTold) return;
    this.#told = state;
    const because = [{ at: this.#stream.now(), source, says }];
    this.#stream.tell({ type: "state", state, because }, source);
  }
}

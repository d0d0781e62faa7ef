/**
 * What a session tells of its agent's state, each change once: the state with what it rests on, that
 * a request is repeated, that a person has the keys.
 */

import type { Source } from "../../domain/agent.ts";
import type { Fusion } from "../../domain/evidence.ts";
import type { EventStream } from "../event-stream.ts";

export class StateNews {
  readonly #stream: EventStream;
  /** The state, and the sources of all reasons that were told for it. */
  #told: { readonly state: Fusion["state"]; readonly sources: ReadonlySet<Source> } | null = null;
  #isHeld = false;
  #isReadyTold = false;

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  get isReadyTold(): boolean {
    return this.#isReadyTold;
  }

  ready(): void {
    if (this.#isReadyTold) return;
    this.#isReadyTold = true;
    this.#stream.tell({ type: "ready" });
  }

  /** `isLookDue`: the screen will be looked at in a moment, which tells more. */
  state({ state, because }: Pick<Fusion, "state" | "because">, isLookDue: boolean): void {
    const isNew = this.#told?.state !== state;
    const before = isNew ? new Set<Source>() : (this.#told?.sources ?? new Set<Source>());
    const sources = new Set([...before, ...because.map((one) => one.source)]);
    // Witnesses that take turns in being the last are no news.
    if (!isNew && sources.size === before.size) return;
    if (isLookDue && (state === "unknown" || !isNew)) return;
    this.#told = { state, sources };
    const { source, says } = because[0] ?? { source: "process", says: "" };
    this.#stream.tell({ type: "state", state, because }, source);
    if (state !== "retrying" || !isNew) return;
    const screen = because.find((one) => one.source === "screen");
    this.#stream.tell({ type: "retrying", says: screen?.says ?? says }, screen?.source ?? source);
  }

  /** Its window was closed by us. */
  offline(): void {
    if (!this.#isReadyTold) return;
    const says = "its window was closed";
    this.state(
      { state: "offline", because: [{ at: this.#stream.now(), source: "process", says }] },
      false,
    );
  }

  /** A person is at the keys: nothing is typed meanwhile. */
  held(byPerson: boolean): void {
    if (this.#isHeld === byPerson) return;
    this.#isHeld = byPerson;
    this.#stream.tell({ type: "held", byPerson }, "person");
  }
}

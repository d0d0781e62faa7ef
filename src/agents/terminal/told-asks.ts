/**
 * The asks that an agent tells beside its screen, where the same dialogs are to be seen. Invariant:
 * one ask for one dialog; whoever answers first, here or at the keys, closes it.
 */

import type { Answer } from "../../domain/ask.ts";
import type { Instant } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import type { AgentEventBody, SessionRequest } from "../driver.ts";
import type { ShownDialog } from "../profile/profile.ts";
import { LineAsks } from "../protocol/asks.ts";
import type { Fact, Taken } from "../protocol/line.ts";
import type { Companion } from "./companion.ts";
import { dialogKey } from "./dialogs.ts";
import type { Look } from "./screen-history.ts";

export interface ToldAskParts {
  readonly request: SessionRequest;
  readonly clock: Clock;
  readonly tell: (event: AgentEventBody) => void;
  readonly note: (says: string) => void;
  readonly track: (work: Promise<void>) => void;
  readonly companion: Pick<Companion, "answer" | "release">;
  /** Has the agent told anything yet? One that does not tells of no dialog either. */
  readonly tells: () => boolean;
}

/**
 * So long the word of an agent may come after its dialog, and the dialog go after its answer; from
 * then on the screen is believed (chosen; measured: 30 to 170 ms).
 */
const patienceMs = 3_000;

export class ToldAsks {
  readonly #parts: ToldAskParts;
  readonly #asks: LineAsks;
  /** Those whose dialog has been on the screen. */
  readonly #seen = new Set<string>();
  /** When one was told or closed last. */
  #changedAt: Instant = 0;
  #shown: { readonly key: string; readonly since: Instant } | null = null;

  constructor(parts: ToldAskParts) {
    const { request, tell, note, track } = parts;
    this.#parts = parts;
    this.#asks = new LineAsks({
      request,
      tell,
      note: async (says) => note(says),
      track: (work) => track(work.then(() => undefined)),
      onAnswered: () => {
        this.#changedAt = parts.clock.now();
      },
    });
  }

  get isOpen(): boolean {
    return this.#asks.isOpen;
  }

  has(askId: string): boolean {
    return this.#asks.ids.includes(askId);
  }

  open(asking: Extract<Fact, { readonly type: "asks" }>): void {
    const { clock, companion } = this.#parts;
    this.#changedAt = clock.now();
    this.#asks.open(asking, companion, () => undefined);
  }

  /** It was answered elsewhere, or the agent waits no longer. */
  close(askId: string, says: string): void {
    this.#asks.close(askId, says);
  }

  closeAll(says: string): void {
    for (const askId of this.#asks.ids) this.#release(askId, says);
  }

  answer(askId: string, answer: Answer): Promise<Taken> {
    return this.#asks.answer(askId, answer, this.#parts.companion);
  }

  /** A dialog that was there and is gone has been answered at the keys. */
  see({ reading: { dialog }, isCalm }: Look, isAtWork: boolean): void {
    const now = this.#parts.clock.now();
    const key = dialog === null ? null : dialogKey(dialog);
    if (key === null) this.#shown = null;
    else if (key !== this.#shown?.key) this.#shown = { key, since: now };
    if (dialog !== null && isOfTool(dialog))
      for (const askId of this.#asks.ids) this.#seen.add(askId);
    if (dialog !== null || !(isCalm || isAtWork)) return;
    for (const askId of this.#asks.waiting) {
      if (this.#seen.has(askId)) this.#release(askId, "it is gone from the screen");
    }
  }

  /** Is this dialog, seen now, one that is told here, or that will be in a moment? */
  covers(dialog: ShownDialog): boolean {
    if (!isOfTool(dialog) || this.isOpen) return isOfTool(dialog);
    return this.#parts.tells() && this.#parts.clock.now() < this.patientUntil;
  }

  /** From then on a dialog that nobody tells of is the screen's. */
  get patientUntil(): Instant {
    return Math.max(this.#shown?.since ?? 0, this.#changedAt) + patienceMs;
  }

  #release(askId: string, says: string): void {
    this.#seen.delete(askId);
    this.#parts.companion.release(askId);
    this.#asks.close(askId, says);
  }
}

/** The modals of the program itself are told by nobody else. */
function isOfTool({ kind }: ShownDialog): boolean {
  return kind !== "dialog";
}

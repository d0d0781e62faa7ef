/**
 * What the companion of one life of a program has told, kept for whoever asks: prompts that were
 * taken, the end of the turn, what is asked. Observations go to the watch, where they are fused with
 * what the terminal tells.
 */

import type { Usage } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import type { SessionRequest } from "../driver.ts";
import type { Companion, Companions, CompanionWord, ToldEnd } from "./companion.ts";
import type { ToldPrompts } from "./delivery.ts";
import { type ToldAskParts, ToldAsks } from "./told-asks.ts";
import type { Watch } from "./watch.ts";

export interface BesideParts {
  readonly companions: Companions;
  readonly request: SessionRequest;
  readonly launchId: string;
  readonly pids: () => readonly number[];
  readonly watch: Watch;
  readonly clock: Clock;
  readonly asks: Pick<ToldAskParts, "tell" | "note" | "track">;
  /** `false`: the screen has told it already. */
  readonly onAsk: (asking: Extract<CompanionWord, { readonly type: "asks" }>) => boolean;
  readonly onActivity: (says: string) => void;
  readonly onUsage: (usage: Usage) => void;
  readonly onCompacting: (says: string) => void;
}

/** So many prompts that were taken are remembered (chosen: a person may give some of their own). */
const mostReceipts = 20;

export class Beside implements AsyncDisposable {
  readonly asks: ToldAsks;
  readonly #parts: BesideParts;
  readonly #companion: Companion;
  #receipts: readonly { readonly text: string; readonly at: Instant }[] = [];
  #over: ToldEnd | null = null;
  #emptiedAt: Instant = 0;
  #hasSpoken = false;
  #isEquipped = false;
  #isStopped = false;

  constructor(parts: BesideParts) {
    const { companions, request, launchId: id, pids, clock } = parts;
    this.#parts = parts;
    const companion = companions.attend(
      { request, id, pids },
      { tell: (word) => this.#take(word) },
    );
    this.#companion = companion;
    const tells = () => this.#hasSpoken;
    this.asks = new ToldAsks({ ...parts.asks, request, clock, companion, tells });
  }

  /** All is told that came while nobody listened. */
  get begun(): Promise<void> {
    return this.#companion.begun;
  }

  /** It has told anything at all, so that more can be waited for. */
  get tells(): boolean {
    return this.#hasSpoken;
  }

  /** It has temoin's tools. */
  get isEquipped(): boolean {
    return this.#isEquipped;
  }

  toldPrompts(since: Instant): ToldPrompts | null {
    if (!this.#hasSpoken) return null;
    return { taken: this.#receipts.filter(({ at }) => at >= since).map(({ text }) => text) };
  }

  /** The end of the turn that was begun then; `null`: it goes on, as far as is told. */
  endSince(since: Instant): ToldEnd | null {
    return this.#over !== null && this.#over.at >= since ? this.#over : null;
  }

  wasEmptied(since: Instant): boolean {
    return this.#emptiedAt >= since;
  }

  /** Nothing of it is told any more. */
  stop(): void {
    this.#isStopped = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#companion[Symbol.asyncDispose]();
  }

  #take(word: CompanionWord): void {
    if (this.#isStopped) return;
    const { watch, onAsk, onActivity, onUsage, onCompacting } = this.#parts;
    if (word.type === "problem") {
      this.#parts.asks.note(word.says);
      return;
    }
    if (word.type === "equipped") {
      // Of its hooks that says nothing.
      this.#isEquipped = true;
      watch.wake();
      return;
    }
    this.#hasSpoken = true;
    switch (word.type) {
      case "seen":
        watch.observe(word.observation);
        return;
      case "receipt":
        this.#over = null;
        this.#receipts = [...this.#receipts, word].slice(-mostReceipts);
        break;
      case "emptied":
        this.#emptiedAt = word.at;
        break;
      case "activity":
        // It was kept from ending, by a hook of the person's own; an interrupt is none to keep from.
        if (this.#over?.end.result !== "interrupted") this.#over = null;
        onActivity(word.says);
        return;
      case "asks":
        this.#over = null;
        if (!onAsk(word)) this.#companion.release(word.ask.id);
        break;
      case "ask_gone":
        this.asks.close(word.askId, word.says);
        break;
      case "usage":
        onUsage(word.usage);
        return;
      case "compacting":
        onCompacting(word.says);
        return;
      case "over":
        this.#over = word;
        break;
    }
    watch.wake();
  }
}

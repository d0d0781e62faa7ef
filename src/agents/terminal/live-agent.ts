/**
 * One life of an agent's program: its window, who watches it, the keys, what it asks and its log.
 * A session has one after the other; what an earlier one still tells is told to nobody.
 */

import type { Instant } from "../../domain/id.ts";
import { AppError } from "../../lib/app-error.ts";
import { waitFor } from "../../lib/notifier.ts";
import type { SessionRequest } from "../driver.ts";
import type { SessionLog } from "../session-log.ts";
import type { AgentWindow } from "./agent-window.ts";
import { type AskParts, Asks } from "./asks.ts";
import { Keyboard, type KeyboardParts } from "./keyboard.ts";
import { observeEnd, observeReady, observeStart } from "./observe.ts";
import { contentOf, isLive, newLines, wordsOf } from "./rendered-log.ts";
import { ScreenLog } from "./screen-log.ts";
import { signalName } from "./signal-name.ts";
import { type Look, type News, Watch } from "./watch.ts";

export interface LiveParts extends Omit<KeyboardParts, "window" | "watch"> {
  readonly request: SessionRequest;
  readonly log: SessionLog;
  readonly asks: Omit<AskParts, "signal">;
  readonly onNews: (live: LiveAgent, news: News) => void;
  /** New words of the agent, the last of a look. */
  readonly onWords: (live: LiveAgent, says: string) => void;
}

export class LiveAgent {
  readonly window: AgentWindow;
  readonly watch: Watch;
  readonly keyboard: Keyboard;
  readonly asks: Asks;
  readonly openedAt: Instant;
  readonly #parts: LiveParts;
  readonly #left = new AbortController();
  readonly #screenLog: ScreenLog;
  #logging: Promise<void> = Promise.resolve();
  #isReady: boolean;
  #ended: string | null = null;
  #hasWorked = false;

  constructor(window: AgentWindow, isTakenUp: boolean, parts: LiveParts) {
    const { server, profile, clock } = parts;
    this.#parts = parts;
    this.window = window;
    this.openedAt = clock.now();
    this.#isReady = isTakenUp;
    const first = isTakenUp ? observeReady(this.openedAt) : observeStart(this.openedAt);
    const onNews = (news: News): void => this.#take(news);
    this.watch = new Watch({ pane: window.pane, profile, clock, first, onNews });
    this.keyboard = new Keyboard({ server, window, watch: this.watch, profile, clock });
    this.asks = new Asks(this.keyboard, { ...parts.asks, signal: this.#left.signal });
    this.#screenLog = new ScreenLog(window.pane);
  }

  /** News come from now on, the first of them within this call. */
  begin(): void {
    this.watch.begin();
    const { exitCode } = this.window.pane;
    if (exitCode !== null && this.#ended === null) this.#end(exitCode);
  }

  /** It was seen to take a prompt: the first composer that nothing covers. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** How its program has ended; `null`: it runs. */
  get ended(): string | null {
    return this.#ended;
  }

  /** Work, or an ask, was seen since this was last called. */
  takeWork(): boolean {
    const hasWorked = this.#hasWorked;
    this.#hasWorked = false;
    return hasWorked;
  }

  /** Everything that was seen so far is in the log. */
  get logged(): Promise<void> {
    return this.#logging;
  }

  /** The last words on the screen that were not on this one. */
  lastWords(before: readonly string[]): string {
    const now = contentOf(this.watch.look?.screen.lines ?? []);
    const rows = newLines(before, now).filter((row) => !isLive(row));
    return wordsOf(rows.at(-1) ?? "").slice(0, 200);
  }

  /**
   * Resolves when it is ready, or when a person is asked first and `isAskEnough`. Rejects with an
   * AppError when its program ends, or when it takes too long.
   */
  async untilReady(isAskEnough: boolean, signal: AbortSignal): Promise<void> {
    const { profile, clock, request } = this.#parts;
    const left = this.#left.signal;
    let dueAt = this.openedAt + profile.readyMs;
    for (;;) {
      const news = this.watch.news();
      // A person may take any time to answer.
      if (this.asks.isOpen) dueAt = clock.now() + profile.readyMs;
      const cannot = `Cannot start agent \`${request.agent.name}\``;
      if (this.#ended !== null) throw await this.#notReady(`${cannot}: ${this.#ended}`);
      if (this.#isReady || (isAskEnough && this.asks.isOpen)) return;
      if (clock.now() >= dueAt) {
        const seconds = Math.round(profile.readyMs / 1000);
        throw await this.#notReady(`${cannot}: it was not ready within ${seconds} s`);
      }
      const until = this.asks.isOpen ? null : dueAt;
      await waitFor({ clock, signal: AbortSignal.any([signal, left]), until }, news).catch(
        async (error: Error) => {
          if (signal.aborted || !left.aborted) throw error;
          throw await this.#notReady(`${cannot}: ${error.message}`);
        },
      );
    }
  }

  /** Nothing of it is told any more; the window stays as it is. */
  leave(why: string): void {
    this.#left.abort(new Error(why));
    this.watch[Symbol.dispose]();
  }

  #take(news: News): void {
    const { onNews } = this.#parts;
    switch (news.type) {
      case "look":
        this.#see(news.look);
        break;
      case "fused":
        this.#hasWorked ||= isAtWork(this.watch.fusion.state);
        break;
      case "exited":
        this.#end(news.exitCode);
        break;
      case "gone":
        this.#ended ??= `its window is gone: ${news.why}`;
        break;
    }
    onNews(this, news);
  }

  #see(look: Look): void {
    const { state } = this.watch.fusion;
    if (!this.#isReady && this.#isFree(look)) {
      this.#isReady = true;
      this.watch.observe(observeReady(look.at));
    }
    this.asks.see(look, state);
    this.#logging = this.#logging.then(() => this.#write(look));
  }

  #isFree({ reading, isCalm }: Look): boolean {
    // Words of somebody else in the composer are the delivery's concern.
    if (!isCalm || reading.composer === null || reading.dialog !== null) return false;
    const { state } = this.watch.fusion;
    if (state === "idle") return true;
    // An agent that does not show its work shows no rest either: a place to write has to do.
    const { showsWork } = this.#parts.profile;
    const isOpen = state === "starting" || state === "unknown";
    return isOpen && !showsWork && reading.possible.includes("idle");
  }

  #end(exitCode: number): void {
    this.#ended ??= howItEnded(exitCode);
    this.watch.observe(observeEnd(this.#ended, this.#parts.clock.now()));
  }

  async #write({ screen, isCalm }: Look): Promise<void> {
    // What is being drawn is looked at again when it has settled.
    if (!isCalm && this.#ended === null) return;
    const rows = await this.#newRows(screen.lines);
    if (rows.length === 0) return;
    await this.#parts.log.append(`${rows.map((row) => row.trimEnd()).join("\n")}\n`);
    const says = rows.map(wordsOf).findLast((row) => row !== "");
    if (says !== undefined) this.#parts.onWords(this, says.slice(0, 200));
  }

  async #newRows(lines: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#screenLog.add(contentOf(lines));
    return rows.filter((row) => !isLive(row));
  }

  async #notReady(sentence: string): Promise<AppError> {
    // Its last words may have come with its end.
    await this.watch.lookNow().catch(() => {
      // Its window is gone: the last look has to do.
    });
    const rows = (this.watch.look?.screen.lines ?? []).map(wordsOf);
    const shown = rows.filter((row) => /\p{L}/u.test(row)).slice(-5);
    const screen = shown.length === 0 ? "Its screen is empty." : `Its screen: ${shown.join(" / ")}`;
    return new AppError("failed", `${sentence}. ${screen}`, {
      hint: `Start \`${this.#parts.request.agent.command[0]}\` by hand to see what it needs.`,
    });
  }
}

/** A shell gives 128 and more to a program that a signal has ended. */
function howItEnded(exitCode: number): string {
  const name = exitCode > 128 ? signalName(exitCode - 128) : null;
  return name === null ? `it exited with ${exitCode}` : `it was ended by ${name}`;
}

function isAtWork(state: string): boolean {
  return state === "working" || state === "retrying" || state === "asking";
}

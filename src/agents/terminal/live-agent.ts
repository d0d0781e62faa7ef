/**
 * One life of an agent's program: its window, who watches it, the keys, what it asks and its log.
 * A session has one after the other; what an earlier one still tells is told to nobody.
 */

import type { Usage } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import type { AppError } from "../../lib/app-error.ts";
import { waitFor } from "../../lib/notifier.ts";
import type { SessionRequest } from "../driver.ts";
import type { SessionLog } from "../session-log.ts";
import type { AgentWindow } from "./agent-window.ts";
import { Alarm } from "./alarm.ts";
import { type AskParts, Asks } from "./asks.ts";
import { Beside, type BesideParts } from "./beside.ts";
import type { Companions } from "./companion.ts";
import { Keyboard, type KeyboardParts } from "./keyboard.ts";
import { observeEnd, observeReady, observeStart } from "./observe.ts";
import { exitText, isBusy, isFree, notReady } from "./readiness.ts";
import { wordsOf } from "./rendered-log.ts";
import type { Look } from "./screen-history.ts";
import { ScreenWords } from "./screen-words.ts";
import { type News, Watch } from "./watch.ts";

export interface LiveParts extends Omit<KeyboardParts, "window" | "watch"> {
  readonly request: SessionRequest;
  readonly log: SessionLog;
  readonly asks: Omit<AskParts, "signal" | "told">;
  /** Of asks that the agent tells beside its screen. */
  readonly told: BesideParts["asks"];
  /** Of this kind of agent; `null`: its screen alone tells. */
  readonly companions: Companions | null;
  readonly onNews: (live: LiveAgent, news: News) => void;
  /** New words of the agent, the last of a look, or what it says that it does. */
  readonly onWords: (live: LiveAgent, says: string, source: "screen" | "hook") => void;
  readonly onUsage: (live: LiveAgent, usage: Usage) => void;
  readonly onCompacting: (live: LiveAgent, says: string) => void;
}

export class LiveAgent {
  readonly window: AgentWindow;
  readonly watch: Watch;
  readonly keyboard: Keyboard;
  readonly asks: Asks;
  /** `null`: nobody stands beside its screen. */
  readonly beside: Beside | null;
  readonly openedAt: Instant;
  readonly #parts: LiveParts;
  readonly #left = new AbortController();
  readonly #words: ScreenWords;
  readonly #askAlarm: Alarm;
  readonly #startAlarm: Alarm;
  /** When its screen was first seen to take keys. */
  #freeAt: Instant | null = null;
  readonly #isTakenUp: boolean;
  #isReady: boolean;
  #ended: string | null = null;
  #hasWorked = false;

  constructor(window: AgentWindow, isTakenUp: boolean, parts: LiveParts) {
    const { server, profile, clock } = parts;
    this.#parts = parts;
    this.window = window;
    this.openedAt = clock.now();
    this.#isTakenUp = isTakenUp;
    this.#isReady = isTakenUp;
    const first = isTakenUp ? observeReady(this.openedAt) : observeStart(this.openedAt);
    const onNews = (news: News): void => this.#take(news);
    this.watch = new Watch({ pane: window.pane, profile, clock, first, onNews });
    this.keyboard = new Keyboard({ server, window, watch: this.watch, profile, clock });
    this.beside = this.#attend();
    const told = parts.companions?.tellsAsks === true ? (this.beside?.asks ?? null) : null;
    this.asks = new Asks(this.keyboard, { ...parts.asks, signal: this.#left.signal, told });
    this.#words = new ScreenWords({
      pane: window.pane,
      log: parts.log,
      onWords: (says) => parts.onWords(this, says, "screen"),
      hasEnded: () => this.#ended !== null,
    });
    this.#askAlarm = new Alarm(clock, () => this.watch.lookSoon());
    this.#startAlarm = new Alarm(clock, () => this.watch.wake());
  }

  /** News come from now on. Resolves when all is told that came while nobody listened. */
  async begin(): Promise<void> {
    // What is asked is told by it before it is seen on the screen.
    await this.beside?.begun;
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
    return this.#words.logged;
  }

  /** What is on the screen at this moment is in the log, also what has not settled. Never rejects. */
  async logNow(): Promise<void> {
    // Where its window is gone, what was seen until then is all there is.
    const look = await this.watch.lookNow().catch(() => null);
    await (look === null ? this.#words.logged : this.#words.keep(look, true));
  }

  /** The last words of its turn; where no turn can be told apart, those that were not there before. */
  lastWords(before: readonly string[]): string {
    return this.#words.last(this.watch.look, before);
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
      const useless = this.#uselessBy();
      if (useless !== null) throw await this.#notReady(`${cannot}: ${useless}`);
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
    this.#askAlarm[Symbol.dispose]();
    this.#startAlarm[Symbol.dispose]();
    this.beside?.stop();
    this.watch[Symbol.dispose]();
  }

  /** Ends its program with all its processes, once it was left. Never rejects. */
  async close(): Promise<void> {
    const { companions, request } = this.#parts;
    await this.window.close();
    await this.beside?.[Symbol.asyncDispose]();
    await companions?.forget({ request, id: this.window.launchId });
  }

  #attend(): Beside | null {
    const { companions, request, clock, told, onWords, onUsage, onCompacting } = this.#parts;
    if (companions === null) return null;
    const { window, watch } = this;
    return new Beside({
      companions,
      request,
      launchId: window.launchId,
      pids: () => window.pids(),
      watch,
      clock,
      asks: told,
      onAsk: (asking) => this.asks.tell(asking),
      onActivity: (says) => onWords(this, says, "hook"),
      onUsage: (usage) => onUsage(this, usage),
      onCompacting: (says) => onCompacting(this, says),
    });
  }

  #take(news: News): void {
    const { onNews } = this.#parts;
    switch (news.type) {
      case "look":
        this.#see(news.look);
        break;
      case "fused":
        this.#hasWorked ||= isBusy(this.watch.fusion.state);
        if (this.watch.look !== null) this.#seeReady(this.watch.look);
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
    this.#words.hear(look);
    const { state } = this.watch.fusion;
    this.#seeReady(look);
    this.#askAlarm.set(this.asks.see(look, state));
    void this.#words.keep(look, look.isCalm);
  }

  #seeReady(look: Look): void {
    if (
      this.#isReady ||
      this.#ended !== null ||
      !isFree(look, this.watch.fusion.state, this.#parts.profile)
    )
      return;
    this.#freeAt ??= look.at;
    const waitsUntil = this.#freeAt + this.#stillMs();
    if (this.#parts.clock.now() < waitsUntil) {
      this.#startAlarm.set(waitsUntil);
      return;
    }
    this.#isReady = true;
    this.watch.observe(observeReady(look.at));
  }

  /** How long after it takes keys it is waited for, for what has not been told by now. */
  #stillMs(): number {
    const { companions, request } = this.#parts;
    if (companions === null || this.beside === null) return 0;
    const { tells, isEquipped } = this.beside;
    return Math.max(
      tells ? 0 : companions.firstWordMs,
      isEquipped ? 0 : companions.toolsMs(request),
    );
  }

  /** What its first screen says; later ones show the words of a model. */
  #uselessBy(): string | null {
    const isFirst = !this.#isTakenUp && this.window.mark === null;
    if (!isFirst || !(this.#isReady || this.asks.isOpen)) return null;
    return this.#parts.companions?.uselessBy(this.#words.shown(this.watch.look).join("\n")) ?? null;
  }

  #end(exitCode: number): void {
    this.#ended ??= exitText(exitCode);
    this.watch.observe(observeEnd(this.#ended, this.#parts.clock.now()));
  }

  async #notReady(sentence: string): Promise<AppError> {
    // Its last words may have come with its end.
    await this.watch.lookNow().catch(() => {
      // Its window is gone: the last look has to do.
    });
    const { companions, request } = this.#parts;
    const rows = this.#words.shown(this.watch.look).map(wordsOf);
    return notReady(sentence, rows, {
      hint: companions?.hintFor(rows.join("\n")) ?? null,
      program: request.agent.command[0],
    });
  }
}

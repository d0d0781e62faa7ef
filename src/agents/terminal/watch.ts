/**
 * One pane, watched: what it tells becomes observations, they are fused, and its screen is looked
 * at on edges. Invariant: while nothing is written and nobody waits, no timer runs and nothing is
 * captured.
 */

import {
  type Fusion,
  nothingSeen,
  type Observation,
  observe,
  type SeenState,
} from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { Notifier } from "../../lib/notifier.ts";
import type { Assertion, Profile } from "../profile/profile.ts";
import type { Pane, PaneEvent } from "../tmux/tmux.ts";
import { Alarm } from "./alarm.ts";
import {
  breakSilence,
  forgetScreen,
  isAtWork,
  isOtherFusion,
  observeMark,
  observeReady,
  observeScreen,
  observeSilence,
  silenceDueAt,
} from "./observe.ts";
import { type Look, ScreenHistory } from "./screen-history.ts";

export interface WatchOptions {
  readonly pane: Pane;
  readonly profile: Profile;
  readonly clock: Clock;
  /** The first observation: started, or taken up. */
  readonly first: Observation;
  /** Called when something is known anew: at once, in order; it must not throw. */
  readonly onNews: (news: News) => void;
}

export type News =
  | { readonly type: "look"; readonly look: Look; readonly before: Look | null }
  /** The fusion is another one than before. */
  | { readonly type: "fused" }
  | { readonly type: "exited"; readonly exitCode: number }
  | { readonly type: "gone"; readonly why: string };

/**
 * How often the screen of a turn is looked at that redraws for ever: where nothing else tells its
 * end about each second (of the issue); else for the log alone (chosen).
 */
const screenSpinnerMs = 1_000;
const markedSpinnerMs = 5_000;
/** The private mode in which a program draws one frame. */
const frameMode = 2026;

export class Watch implements Disposable {
  readonly #options: WatchOptions;
  readonly #changes = new Notifier();
  readonly #lookAlarm: Alarm;
  readonly #silenceAlarm: Alarm;
  #listening: Disposable | null = null;
  readonly #marks = { title: false, osc: false };
  readonly #history: ScreenHistory;
  #fusion: Fusion;
  #looking: Promise<Look> | null = null;
  #isTitleKnown = false;
  #hasEnded = false;
  #attentive = 0;
  #isTurn = false;
  #isDisposed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { clock, first, profile } = options;
    this.#fusion = observe(nothingSeen(first.at), first);
    this.#history = new ScreenHistory(clock.now(), profile.settleMs);
    this.#lookAlarm = new Alarm(clock, () => this.lookSoon());
    this.#silenceAlarm = new Alarm(clock, () => this.#tellSilence());
  }

  /** What was written before is heard now, within this call. */
  begin(): void {
    this.#listening = this.#options.pane.listen((event) => this.#take(event));
    if (this.#isDisposed) this.#listening[Symbol.dispose]();
    this.#plan();
  }

  get fusion(): Fusion {
    return this.#fusion;
  }

  /** The last one; `null`: none yet. */
  get look(): Look | null {
    return this.#history.look;
  }

  /** When a look found the screen at rest; `null`: something was written since. */
  get atRestSince(): Instant | null {
    return this.#history.atRestSince;
  }

  /** When the text of the screen changed last. */
  get changedAt(): Instant {
    return this.#history.changedAt;
  }

  /** A title or a sequence has said something new, and the screen has not been looked at since. */
  get isLookDue(): boolean {
    return this.#history.hasEdge && !this.#isDisposed;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  set isTurn(isTurn: boolean) {
    this.#isTurn = isTurn;
    this.#plan();
  }

  /** Looks soon at everything that is written, until disposed. */
  attend(): Disposable {
    this.#attentive += 1;
    this.#plan();
    return {
      [Symbol.dispose]: () => {
        this.#attentive -= 1;
      },
    };
  }

  observe(observation: Observation): void {
    if (this.#isDisposed) return;
    const before = this.#fusion;
    const { source, states, at } = observation;
    // Whoever tells anything of it tells that it has started, also within the same moment.
    const isFirst = source !== "process" && states !== null && before.state === "starting";
    this.#fusion = observe(isFirst ? observe(before, observeReady(at)) : before, observation);
    if (isOtherFusion(before, this.#fusion)) {
      this.#options.onNews({ type: "fused" });
      this.#changes.notify();
    }
  }

  /** Looks now, whatever was written. Rejects with an AppError when the pane is gone. */
  async lookNow(): Promise<Look> {
    // One that is under way may have begun before what the caller wants to see.
    await this.#looking?.catch(() => {
      // The next one tells.
    });
    this.#looking ??= this.#capture();
    return this.#looking;
  }

  /** Looks in a moment; one that is under way will do. */
  lookSoon(): void {
    if (this.#isDisposed || this.#looking !== null) return;
    this.#looking = this.#capture();
    this.#looking.catch((error: unknown) => {
      // The pane is gone: its own event says so. Anything else is a bug.
      if (!(error instanceof AppError)) throw error;
    });
  }

  /** Something is known anew that is not of the screen. */
  wake(): void {
    if (this.#isDisposed) return;
    this.#options.onNews({ type: "fused" });
    this.#changes.notify();
  }

  /** Resolves when something is known anew. Take it first, look, then wait. */
  news(): Promise<void> {
    return this.#changes.next();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#listening?.[Symbol.dispose]();
    this.#lookAlarm[Symbol.dispose]();
    this.#silenceAlarm[Symbol.dispose]();
  }

  #take(event: PaneEvent): void {
    if (this.#isDisposed) return;
    switch (event.type) {
      case "output":
        this.#wrote(event.at);
        break;
      case "title":
        this.#isTitleKnown = true;
        this.#mark("title", this.#options.profile.readTitle(event.title), event.at);
        break;
      case "osc":
        this.#readOsc(event);
        break;
      case "bell":
        this.#wrote(event.at, { hasEdge: true });
        break;
      case "mode":
        if (event.mode === frameMode) this.#wrote(event.at, { isInFrame: event.isOn });
        break;
      case "resync":
        this.#isTitleKnown = false;
        this.#wrote(event.at, { hasEdge: true, isInFrame: false });
        break;
      case "exited":
      case "gone":
        this.#end(event);
        break;
    }
  }

  #end(event: Extract<PaneEvent, { type: "exited" | "gone" }>): void {
    this.#hasEnded = true;
    if (event.type === "gone") this[Symbol.dispose]();
    this.#options.onNews(event);
    this.#changes.notify();
  }

  #readOsc(event: Extract<PaneEvent, { type: "osc" }>): void {
    const assertion = this.#options.profile.readOsc(event.code, event.data);
    // Most sequences say nothing of a state; only one that does can be taken back by another.
    if (assertion !== null) this.#mark("osc", assertion, event.at);
  }

  #mark(source: "title" | "osc", assertion: Assertion | null, at: Instant): void {
    if (assertion === null && !this.#marks[source]) return;
    this.#marks[source] = assertion !== null;
    const observation = observeMark(source, assertion, at);
    const isEdge = observation.states?.join() !== this.#said(source)?.join();
    if (isEdge) {
      this.#wrote(at, { hasEdge: true });
      // What the screen showed before may be over: the look that comes now tells.
      this.observe(forgetScreen(at));
    }
    this.observe(observation);
  }

  #said(source: "title" | "osc"): readonly SeenState[] | undefined {
    return this.#fusion.assertions.find((one) => one.source === source)?.states;
  }

  #wrote(...told: Parameters<ScreenHistory["wrote"]>): void {
    this.#history.wrote(...told);
    this.#plan();
  }

  #plan(): void {
    if (this.#isDisposed || this.#looking !== null) return;
    const isMarked = this.#marks.title || this.#marks.osc;
    const spinnerMs = isMarked ? markedSpinnerMs : screenSpinnerMs;
    const at = this.#history.nextLookAt({
      spinnerMs: this.#isTurn ? spinnerMs : null,
      isAtWork: isAtWork(this.#fusion.state),
      isAttentive: this.#attentive > 0,
    });
    this.#lookAlarm.set(at);
  }

  async #capture(): Promise<Look> {
    const { pane, clock, profile } = this.#options;
    const begun = this.#history.begin(clock.now());
    try {
      const screen = await pane.capture();
      const shown = { at: clock.now(), screen, reading: profile.read(screen) };
      const look = this.#history.end(begun, shown);
      if (!this.#isDisposed) this.#takeLook(look);
      return look;
    } finally {
      this.#looking = null;
      this.#plan();
    }
  }

  #takeLook(look: Look): void {
    const before = this.#history.look;
    const isNew = this.#history.take(look);
    const { profile, onNews } = this.#options;
    if (!this.#isTitleKnown && look.screen.title !== null) {
      this.#isTitleKnown = true;
      this.#mark("title", profile.readTitle(look.screen.title), look.at);
    }
    if (isNew) this.observe(breakSilence(look.at));
    this.observe(observeScreen(look.reading, look.at));
    const seen = { reading: look.reading, fusion: this.#fusion };
    this.#silenceAlarm.set(silenceDueAt(seen, profile, this.#history.changedAt));
    onNews({ type: "look", look, before });
    this.#changes.notify();
  }

  #tellSilence(): void {
    const now = this.#options.clock.now();
    this.observe(observeSilence(now - this.#history.changedAt, now));
  }
}

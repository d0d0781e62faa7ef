/**
 * What is on the stage: transcript, composer, dialog and turn as they are now, drawn in a look.
 * Whoever changes something says so with `redraw`; while something moves, it is drawn by itself.
 */

import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import type { Asked } from "./asked.ts";
import { type Composer, emptyComposer } from "./composer.ts";
import { type Painter, paintScreen, paintTranscript } from "./painter.ts";
import type { Terminal } from "./terminal.ts";
import type { Entry, Look, TurnView, View } from "./view.ts";

/** The rows of the transcript that can be drawn again. */
const keptRows = 400;

export interface StageParts {
  readonly look: Look;
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly isUnguarded: boolean;
  /** Aborted at the agent's end. */
  readonly ended: AbortSignal;
}

export class Stage {
  readonly look: Look;
  readonly clock: Clock = systemClock;
  composer: Composer = emptyComposer;
  queued: readonly string[] = [];
  turn: TurnView | null = null;
  asked: Asked | null = null;
  /** Not settled yet: it may grow, or go away. */
  pending: readonly Entry[] = [];
  topic: string | null = null;
  isFresh = true;
  outcome: View["outcome"] = "none";
  /** Nothing is drawn, whatever happens. */
  isFrozen = false;
  #armed: { readonly what: "exit" | "interrupt"; readonly until: number } | null = null;
  readonly #parts: StageParts;
  readonly #painter: Painter;
  /** Rows that the painter has not had yet. */
  #settled: readonly string[] = [];
  #rows: readonly string[] = [];
  #title: string | null = null;
  #state: string | null = null;
  #moves = false;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.look = parts.look;
    const { terminal } = parts;
    this.#painter = parts.look.isAlternate
      ? paintScreen((text) => terminal.write(text))
      : paintTranscript(
          (text) => terminal.write(text),
          () => terminal.size(),
        );
  }

  get now(): number {
    return this.clock.now();
  }

  get armed(): View["armed"] {
    return this.#armed !== null && this.now < this.#armed.until ? this.#armed.what : null;
  }

  /** The next key of this kind does it, if it comes soon (chosen: 2 s). */
  arm(what: "exit" | "interrupt" | null): void {
    this.#armed = what === null ? null : { what, until: this.now + 2_000 };
  }

  begin(): void {
    this.#settle(this.look.banner(this.view()));
    this.redraw();
  }

  /** An empty transcript, as at the start. */
  clear(): void {
    this.pending = [];
    this.#rows = [];
    this.#settled = [];
    this.topic = null;
    this.isFresh = true;
    this.outcome = "none";
    this.#painter.clear();
    this.begin();
  }

  /** What was pending stands; then this. */
  add(...entries: readonly Entry[]): void {
    const view = this.view();
    this.#settle([...this.pending, ...entries].flatMap((one) => this.look.entry(one, view)));
    this.pending = [];
    this.redraw();
  }

  /** Past all pictures: they know nothing of it. */
  write(text: string): void {
    this.#parts.terminal.write(text);
  }

  /** Nothing is drawn any more. */
  leave(): void {
    this.#painter.leave();
  }

  resize(): void {
    this.#painter.redraw();
    this.redraw();
  }

  redraw(): void {
    if (this.isFrozen || this.#parts.ended.aborted) return;
    const view = this.view();
    const pending = this.pending.flatMap((one) => this.look.entry(one, view));
    const above = this.look.isAlternate ? [...this.#rows, ...pending] : pending;
    const settled = this.#settled;
    this.#settled = [];
    this.#signal(view);
    this.#painter.paint(settled, this.look.picture(view, above));
    this.#keepMoving();
  }

  view(): View {
    const { terminal, cwd, isUnguarded } = this.#parts;
    const { now, composer, queued, turn, asked, topic, isFresh, armed, outcome } = this;
    const size = terminal.size();
    return {
      now,
      size,
      cwd,
      isUnguarded,
      composer,
      queued,
      turn,
      asked,
      topic,
      isFresh,
      armed,
      outcome,
    };
  }

  #settle(rows: readonly string[]): void {
    this.#settled = [...this.#settled, ...rows];
    if (this.look.isAlternate) this.#rows = [...this.#rows, ...rows].slice(-keptRows);
  }

  #signal(view: View): void {
    const { terminal } = this.#parts;
    const title = this.look.title(view);
    if (title !== null && title !== this.#title) terminal.write(`\u001b]0;${title}\u0007`);
    const state = this.look.state(view);
    if (state !== null && state !== this.#state) terminal.write(`\u001b]7501;${state}\u001b\\`);
    this.#title = title;
    this.#state = state;
  }

  /** One at a time; it ends with what has moved. */
  #keepMoving(): void {
    if (this.#moves || !this.#isMoving()) return;
    this.#moves = true;
    const { ended } = this.#parts;
    this.clock.until(this.now + this.look.tickMs, ended).then(
      () => {
        this.#moves = false;
        this.redraw();
      },
      () => {
        // The agent has ended, and with it its pictures.
      },
    );
  }

  #isMoving(): boolean {
    return this.turn !== null || this.armed !== null;
  }
}

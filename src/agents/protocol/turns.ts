/**
 * The turn of a session over a protocol: begun when its agent has the prompt, told fact by fact, ended
 * once.
 *
 * Invariant: what comes of a turn is told between its `accepted` and its `turn_ended`.
 */

import type { Source } from "../../domain/agent.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Notifier } from "../../lib/notifier.ts";
import type { OpenWork } from "../../lib/open-work.ts";
import type { TurnEnd } from "../driver.ts";
import type { EventStream } from "../event-stream.ts";
import type { LineAsks } from "./asks.ts";
import type { Fact, Line } from "./line.ts";
import { SessionTurn } from "./session-turn.ts";
import type { StateTeller } from "./state-teller.ts";

export interface TurnsParts {
  readonly clock: Clock;
  readonly stream: EventStream;
  readonly state: StateTeller;
  readonly asks: LineAsks;
  /** Of what is known of the agent. */
  readonly changes: Notifier;
  readonly work: OpenWork;
  /** The one that is heard; `null`: none is open. */
  readonly line: () => Line | null;
  readonly log: (text: string) => void;
  readonly note: (says: string) => Promise<void>;
  /** The agent has ended by itself, in the midst of its turn or between two. */
  readonly onGone: (why: string, turn: SessionTurn | null) => Promise<void>;
}

export class Turns {
  readonly #parts: TurnsParts;
  #turn: SessionTurn | null = null;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  /** The one that runs, or that is about to. */
  get turn(): SessionTurn | null {
    return this.#turn;
  }

  /** Its prompt is on its way. */
  prepare(promptId: string): SessionTurn {
    const { clock, stream } = this.#parts;
    const tellActivity = (says: string): void =>
      stream.tell({ type: "activity", says }, "protocol");
    this.#turn = new SessionTurn({ promptId, clock, tellActivity });
    return this.#turn;
  }

  /** The agent has its prompt. */
  begin(turn: SessionTurn): void {
    const { stream, state } = this.#parts;
    const { promptId } = turn;
    stream.tell({ type: "accepted", promptId }, "protocol");
    stream.tell({ type: "turn_started", promptId }, "protocol");
    turn.isTold = true;
    state.see({ type: "began" }, true);
    this.#applyHeld(turn);
  }

  /** It did not come to be: nothing is told of it. */
  drop(turn: SessionTurn): void {
    this.#turn = null;
    turn.close();
    this.#applyHeld(turn);
  }

  /** Resolves when its end has been told; the first one counts. */
  end(turn: SessionTurn, end: TurnEnd, says: string): Promise<void> {
    turn.ending ??= this.#tellEnd(turn, end, says);
    return turn.ending;
  }

  /** What the line tells. */
  take(fact: Fact, source: Source): void {
    if (this.#turn?.holds(fact, source) !== true) this.#apply(fact, source);
  }

  /** What a line has told that was dropped meanwhile, or is by what it told, is told to nobody. */
  #applyHeld(turn: SessionTurn): void {
    for (const { fact, source } of turn.release()) {
      if (this.#parts.line() === null) return;
      this.#apply(fact, source);
    }
  }

  #apply(fact: Fact, source: Source): void {
    const { stream, state, asks, changes, work, line, log, onGone } = this.#parts;
    const turn = this.#turn?.isTold === true ? this.#turn : null;
    // Of a turn that is told as ended, the rest is silence; but an agent that has gone is gone.
    const isRest = turn !== null && turn.ending !== null;
    if (isRest && fact.type !== "output" && fact.type !== "gone") return;
    switch (fact.type) {
      case "output":
        log(fact.text);
        return;
      case "activity":
        turn?.showsActivity(fact.says);
        break;
      case "asks":
        asks.open(fact, line(), (of) => state.see(of, turn !== null, source));
        return;
      case "ask_gone":
        asks.close(fact.askId, fact.says);
        break;
      case "usage":
      case "compacting":
      case "limit":
        if (turn !== null) stream.tell(fact, source);
        return;
      case "retrying":
        if (turn !== null) stream.tell(fact, source);
        break;
      case "over":
        asks.closeAll("its turn is over");
        if (turn !== null) work.track(this.end(turn, fact.end, fact.says || turn.says));
        break;
      case "gone":
        work.track(onGone(fact.why, turn));
        break;
      case "began":
        break;
    }
    state.see(fact, turn !== null, source);
    changes.notify();
  }

  async #tellEnd(turn: SessionTurn, end: TurnEnd, says: string): Promise<void> {
    turn.stopsActivity();
    const told = turn.endAs(end);
    await this.#parts.note(
      told.result === "failed" ? `turn failed: ${told.why}` : `turn ${told.result}`,
    );
    if (this.#turn === turn) this.#turn = null;
    const { promptId } = turn;
    this.#parts.stream.tell({ type: "turn_ended", promptId, end: told, says }, "protocol");
    turn.close();
  }
}

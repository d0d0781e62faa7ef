/**
 * The lines of one session, one after the other: at most one is open, and no other is heard. Once it
 * is lost, nothing that it owes is waited for.
 */

import type { Source } from "../../domain/agent.ts";
import { AppError } from "../../lib/app-error.ts";
import type { Ear, Fact, Line, OpenLine } from "./line.ts";

export class OpenedLine {
  readonly line: Line;
  readonly #lost: Promise<string>;
  readonly #hear: () => void;

  constructor(line: Line, lost: Promise<string>, hear: () => void) {
    this.line = line;
    this.#lost = lost;
    this.#hear = hear;
  }

  /** From here on what it tells is taken, first of all what it has told while it opened. */
  hear(): void {
    this.#hear();
  }

  unlessLost<T>(work: Promise<T>, otherwise: (why: string) => T): Promise<T> {
    return Promise.race([work, this.#lost.then(otherwise)]);
  }
}

export interface LinesParts {
  readonly open: OpenLine;
  readonly take: (fact: Fact, source: Source) => void;
  readonly written: Ear["written"];
}

export class Lines {
  readonly #parts: LinesParts;
  #opened: OpenedLine | null = null;
  /** Of the line that is heard; what an earlier one tells is told to nobody. */
  #number = 0;
  #lose: (why: string) => void = () => undefined;
  /** The end of the one before. */
  #leaving: PromiseLike<void> = Promise.resolve();

  constructor(parts: LinesParts) {
    this.#parts = parts;
  }

  /** `null`: the next prompt opens one. */
  get current(): OpenedLine | null {
    return this.#opened;
  }

  /** There is none yet, or it is ending. Rejects with an AppError, and with the signal's reason. */
  async open(signal: AbortSignal): Promise<OpenedLine> {
    signal.throwIfAborted();
    // Two agents at once would write into one workspace.
    await this.#leaving;
    signal.throwIfAborted();
    this.#number += 1;
    const number = this.#number;
    const lost = Promise.withResolvers<string>();
    this.#lose = lost.resolve;
    // As an ask that was left: it can be answered when the line is there.
    let early: { readonly fact: Fact; readonly source: Source }[] | null = [];
    const tell = (fact: Fact, source: Source = "protocol"): void => {
      if (number !== this.#number) return;
      if (fact.type === "gone") lost.resolve(fact.why);
      if (early === null || fact.type === "output") this.#parts.take(fact, source);
      else early.push({ fact, source });
    };
    const hear = (): void => {
      const told = early ?? [];
      early = null;
      for (const { fact, source } of told) tell(fact, source);
    };
    const line = await this.#parts.open({ tell, written: this.#parts.written }, signal);
    if (signal.aborted || number !== this.#number) {
      await line[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw new AppError("failed", await lost.promise);
    }
    this.#opened = new OpenedLine(line, lost.promise, hear);
    return this.#opened;
  }

  /** Ends the agent with all its processes. `false`: there was none, or it is ending already. */
  async drop(why: string): Promise<boolean> {
    const opened = this.#opened;
    this.#opened = null;
    this.#number += 1;
    this.#lose(why);
    if (opened === null) return false;
    this.#leaving = opened.line[Symbol.asyncDispose]();
    await this.#leaving;
    return true;
  }
}

/**
 * How a prompt comes to an agent: by the line that is open, emptied where the prompt is the first of a
 * task, else by a new one; and not while a person is at the agent's own screen.
 */

import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { type Notifier, waitFor } from "../../lib/notifier.ts";
import type { Prompt } from "../driver.ts";
import type { Taken } from "./line.ts";
import type { Lines, OpenedLine } from "./lines.ts";
import type { SessionTurn } from "./session-turn.ts";
import type { StateTeller } from "./state-teller.ts";

export interface AccessParts {
  readonly clock: Clock;
  readonly lines: Lines;
  readonly state: StateTeller;
  /** Of what is known of the agent. */
  readonly changes: Notifier;
  /** Ends the agent with all its processes. */
  readonly drop: (why: string) => Promise<void>;
}

export class LineAccess {
  readonly #parts: AccessParts;
  /** The line has had a prompt: its conversation is not empty. */
  #isUsed = false;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** Rejects with an AppError when there can be no line, and with the signal's reason. */
  async open(signal: AbortSignal): Promise<OpenedLine> {
    const opened = await this.#parts.lines.open(signal);
    this.#isUsed = false;
    this.#parts.state.ready();
    opened.hear();
    return opened;
  }

  async give(prompt: Prompt, turn: SessionTurn, signal: AbortSignal): Promise<Taken> {
    try {
      const opened = await this.#lineFor(prompt, signal);
      await this.#untilFree(signal);
      signal.throwIfAborted();
      this.#isUsed = true;
      turn.isGiven = true;
      return await opened.unlessLost(opened.line.give(prompt), (why) => ({ taken: false, why }));
    } catch (error) {
      if (!(error instanceof AppError) && !signal.aborted) throw error;
      return { taken: false, why: error instanceof Error ? error.message : String(error) };
    }
  }

  /** With an empty conversation where the prompt is the first of a task. */
  async #lineFor(prompt: Prompt, signal: AbortSignal): Promise<OpenedLine> {
    const { lines, drop } = this.#parts;
    const opened = lines.current;
    if (opened === null) return this.open(signal);
    if (prompt.kind !== "task" || !this.#isUsed) return opened;
    const isEmpty = await opened.unlessLost(opened.line.clear(), () => false);
    if (isEmpty && lines.current === opened) return opened;
    await drop("a new conversation is begun");
    return this.open(signal);
  }

  /** A person at the agent's own screen is not talked over. */
  async #untilFree(signal: AbortSignal): Promise<void> {
    const { clock, state, changes } = this.#parts;
    try {
      for (;;) {
        const change = changes.next();
        if (!state.isForeign) return;
        state.held(true);
        await waitFor({ clock, signal, until: null }, change);
      }
    } finally {
      state.held(false);
    }
  }
}

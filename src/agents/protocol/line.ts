/**
 * The line to one agent over an interface of its own: words go in, facts come out. There is an
 * implementation for each CLI, which translates and counts nothing; turns, receipts and asks are
 * the session's (`session.ts`).
 */

import type { Limit, Source, Usage } from "../../domain/agent.ts";
import type { AgentAsk, Answer } from "../../domain/ask.ts";
import type { Action } from "../../domain/autonomy.ts";
import type { AttachHint, Prompt, TurnEnd } from "../driver.ts";

/** What it wants to do, and the choices that let it and do not, where it has such. */
export interface Wants {
  readonly action: Action;
  readonly allow: string | null;
  readonly refuse: string | null;
}

/** What the agent tells, in one language for all. */
export type Fact =
  /** A turn runs; where we have asked for none, it is that of a person at the agent's own screen. */
  | { readonly type: "began" }
  /** Progress, one short line. It also says that a request is not being repeated any more. */
  | { readonly type: "activity"; readonly says: string }
  /** For the log alone. */
  | { readonly type: "output"; readonly text: string }
  | {
      readonly type: "asks";
      readonly ask: AgentAsk;
      /** `null`: only a person can answer. */
      readonly wants: Wants | null;
    }
  /** Answered elsewhere, or taken back. */
  | { readonly type: "ask_gone"; readonly askId: string; readonly says: string }
  /** Of the turn so far. */
  | { readonly type: "usage"; readonly usage: Usage }
  /** Its conversation is about to be made shorter, of its own accord. */
  | { readonly type: "compacting"; readonly says: string }
  | { readonly type: "limit"; readonly limit: Limit }
  | { readonly type: "retrying"; readonly says: string }
  /** `says`: the agent's last words, one line. */
  | { readonly type: "over"; readonly end: TurnEnd; readonly says: string }
  /** The line is dead, and its agent with it. Nothing follows. */
  | { readonly type: "gone"; readonly why: string };

/** Of an empty line nothing is told. */
export function activity(says: string): readonly Fact[] {
  return says === "" ? [] : [{ type: "activity", says }];
}

/** Who listens to a line. */
export interface Ear {
  /** `source` where it is another one than `protocol`. Never throws. */
  tell(fact: Fact, source?: Source): void;
  /** Resolves when all that was told is in the log. Whoever reads a flood waits for it. */
  written(): Promise<void>;
}

export type Taken = { readonly taken: true } | { readonly taken: false; readonly why: string };

export interface Line extends AsyncDisposable {
  /**
   * Resolves when the agent has the words, or says that it has not; also when the line is gone.
   * One at a time. A prompt that it has already, of an earlier temoin, is joined. Never rejects.
   */
  give(prompt: Prompt): Promise<Taken>;
  /** Of an ask that is open. Never rejects. */
  answer(askId: string, answer: Answer): Promise<Taken>;
  /** Asks the turn to stop; that it has is told as `over`. Never rejects. */
  stop(): Promise<void>;
  /** From here on the conversation is empty. `false`: a new line is needed for that. */
  clear(): Promise<boolean>;
  readonly attach?: AttachHint | null;
}

/**
 * The ear may be told from the start on, also before this resolves. Rejects with an AppError when
 * there can be no line, and with the signal's reason.
 */
export type OpenLine = (ear: Ear, signal: AbortSignal) => Promise<Line>;

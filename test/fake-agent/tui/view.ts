/**
 * What is to be seen of the agent, as a value, and what a look makes of it: the manner in which one
 * kind of agent draws itself. A look draws; it changes nothing.
 */

import type { Asked } from "./asked.ts";
import type { Composer } from "./composer.ts";

/** A piece of the conversation as the transcript shows it. */
export type Entry =
  | { readonly kind: "prompt"; readonly text: string }
  | { readonly kind: "says"; readonly text: string }
  | {
      readonly kind: "tool";
      readonly name: string;
      readonly about: string;
      /** `null`: it is still running. */
      readonly output: string | null;
    }
  | { readonly kind: "answered"; readonly says: string; readonly answer: string }
  | { readonly kind: "failed"; readonly text: string }
  | { readonly kind: "interrupted" }
  /** A permission was given. */
  | { readonly kind: "approved"; readonly what: string }
  /** The end of a turn. */
  | { readonly kind: "worked"; readonly ms: number; readonly task: string }
  /** As it stands, one row for each line. */
  | { readonly kind: "raw"; readonly text: string };

export interface Retry {
  readonly attempt: number;
  readonly until: number;
}

export interface TurnView {
  readonly startedAt: number;
  /** Text is being written at this moment. */
  readonly isStreaming: boolean;
  readonly hasSaid: boolean;
  readonly retry: Retry | null;
}

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export interface View {
  readonly now: number;
  readonly size: Size;
  readonly cwd: string;
  /** Started with the flag that lets the agent do what it likes. */
  readonly isUnguarded: boolean;
  /** What the conversation is about; `null` before its first turn has ended. */
  readonly topic: string | null;
  readonly turn: TurnView | null;
  readonly asked: Asked | null;
  readonly composer: Composer;
  readonly queued: readonly string[];
  /** Nothing has been asked of it yet, or its context was emptied. */
  readonly isFresh: boolean;
  /** One more key of this kind and it is done. */
  readonly armed: "exit" | "interrupt" | null;
  readonly outcome: "none" | "done" | "error";
}

/** Rows as they are to stand; the cursor counts from the first of them. */
export interface Picture {
  readonly lines: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number; readonly isVisible: boolean };
}

export interface Permission {
  readonly tool: string;
  readonly text: string;
}

export interface Question {
  readonly header: string;
  readonly text: string;
  readonly choices: readonly string[];
}

export interface Look {
  /** On the alternate screen the picture is the whole screen; else it follows the transcript. */
  readonly isAlternate: boolean;
  /** Sequences that it starts and ends with, without those of the alternate screen. */
  readonly begins: string;
  readonly ends: string;
  /** How often it draws itself anew while a turn runs. */
  readonly tickMs: number;
  banner(view: View): readonly string[];
  entry(entry: Entry, view: View): readonly string[];
  /** `above`: the rows of the transcript that may still change, or all of it. */
  picture(view: View, above: readonly string[]): Picture;
  /** `null`: it sets none. */
  title(view: View): string | null;
  /** The data of an OSC 7501; `null`: it sends none. */
  state(view: View): string | null;
  permission(permission: Permission): Asked;
  question(question: Question): Asked;
  /** A modal of its own, by name; `null`: it has none of this name. */
  dialog(name: string, view: View): Asked | null;
  /** The words on which a turn ends at a usage limit, and the modal that may come with them. */
  limit(until: string): { readonly text: string; readonly dialog: string | null };
  farewell(): readonly string[];
}

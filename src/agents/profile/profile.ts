/**
 * A screen profile: what is known of one agent's terminal, as data (`profiles/*.yaml`). The reading
 * of a screen, of a title and of an OSC sequence are pure functions of a profile and a value.
 */

import type { Autonomy } from "../../domain/agent.ts";
import type { Screen } from "../screen.ts";

/** What a screen shows (`docs/vocabulary.md`). */
export const screenStates = [
  "idle",
  "working",
  "retrying",
  "asking_permission",
  "asking_question",
  "limited",
  "failed",
  "dialog",
  "draft",
  "exited",
  "unknown",
] as const;
export type ScreenState = (typeof screenStates)[number];

/** What a source says of the agent: it is in one of these states, and in no other. */
export interface Assertion {
  /** Never empty, never with `unknown`. */
  readonly states: readonly Exclude<ScreenState, "unknown">[];
  /** One sentence for a person, with the name of the rule. */
  readonly says: string;
}

export interface Choice {
  /** What selects it at once, as `1`; `null`: only the arrows do. */
  readonly key: string | null;
  readonly label: string;
  readonly isSelected: boolean;
}

/** Something on the screen that takes the keys, with what it offers. */
export interface ShownDialog {
  /** The rule of the profile that knows it, as `trust`; `null`: an unknown one. */
  readonly name: string | null;
  readonly kind: "permission" | "question" | "dialog";
  /** What it asks, in its own words, one line. */
  readonly says: string;
  readonly choices: readonly Choice[];
  /** Takes free text (besides choices, or instead of them). */
  readonly takesText: boolean;
}

export interface Composer {
  /** What a person or temoin has written there; without placeholder and frame. */
  readonly text: string;
  /** It stands for a long paste, as `[Pasted text #1 +59 lines]`. */
  readonly isFolded: boolean;
}

export interface Reading {
  readonly state: ScreenState;
  /** One sentence: which rule, on which row, saw what. Also for `unknown`. */
  readonly says: string;
  /** States that this screen leaves possible; all of them where nothing can be told. */
  readonly possible: readonly ScreenState[];
  /** `null`: no composer can be seen. */
  readonly composer: Composer | null;
  readonly dialog: ShownDialog | null;
  /** The rows between the last prompt and the composer; none where no composer is seen. */
  readonly turn: readonly string[];
  /** Since the last prompt it has said something with which this kind of agent ends its turns. */
  readonly hasEndSign: boolean;
  /** Words of a limit's reset time, as the screen has them. */
  readonly until: string | null;
}

/** Reads screens of one kind of agent; made once per session by `loadProfile`. */
export interface Profile {
  readonly name: string;
  readonly version: number;
  /** The version of the CLI on whose recordings it was proved; `null`: unproven. */
  readonly proven: string | null;
  /** Appended to the agent's command, for each level of autonomy. */
  readonly args: Readonly<Record<Autonomy, readonly string[]>>;
  readonly env: Readonly<Record<string, string>>;
  /** The same, for each level of autonomy: for CLIs that take no flags for it. */
  readonly envOf: Readonly<Record<Autonomy, Readonly<Record<string, string>>>>;
  /** How long it may take from the start to the first empty composer. */
  readonly readyMs: number;
  /** From the echo of a paste to the key that submits it. */
  readonly promptDelayMs: number;
  /** Longer prompts are sent as a line that names their file. */
  readonly longestPasteBytes: number;
  /** A screen is only looked at when nothing was written for so long. */
  readonly settleMs: number;
  /** Unchanged for so long with an empty composer and no sign of work: the turn is over. */
  readonly quietMs: number;
  /** The same where it has shown a sign of its end. */
  readonly quietAfterEndMs: number;
  /** Does the screen, or the title, always tell when it works? If not, only `quietMs` ends a turn. */
  readonly showsWork: boolean;
  /** tmux names of keys. */
  readonly keys: {
    readonly submit: readonly [string, ...string[]];
    readonly interrupt: readonly [string, ...string[]];
    /** Empties one line of the composer. */
    readonly clearLine: readonly [string, ...string[]];
    readonly exit: readonly [string, ...string[]];
  };
  /** A command, typed, that empties the agent's context; `null`: it must be started anew. */
  readonly fresh: string | null;
  readTitle(title: string): Assertion | null;
  readOsc(code: number, data: string): Assertion | null;
  read(screen: Screen): Reading;
  /**
   * The label of the choice that a known dialog may be given without a person, by autonomy;
   * `null`: a person decides.
   */
  answerTo(dialog: ShownDialog, autonomy: Autonomy): string | null;
}

/**
 * How each agent treats its keys: when an Enter is not taken, what Esc and Ctrl-C do, which pastes
 * it folds. The numbers were measured on the real ones unless it says otherwise; a script may set
 * each of them under `manners`.
 */

import type { Args, Fields, Value } from "../step.ts";
import type { Folding } from "./composer.ts";

export const mannerFields = {
  /** Dialogs before the first prompt, by name. */
  dialogs: "texts?",
  /** From the start to the first picture. */
  start_ms: "number?",
  /** From the first picture to its tools. */
  tools_ms: "number?",
  /** From the prompt to the first step. */
  think_ms: "number?",
  /** Text that somebody has left in the composer. */
  draft: "text?",
  /** It asks for bracketed paste. */
  takes_paste: "flag?",
  /** An Enter so soon after the first picture, a paste or typed text does not submit. */
  enter_after_start_ms: "number?",
  enter_after_paste_ms: "number?",
  enter_after_keys_ms: "number?",
  /** What such an Enter is instead: a `newline`, or `lost`. */
  early_enter: "text?",
  /** How many times Esc interrupts, and Ctrl-C quits. */
  interrupt_presses: "number?",
  quit_presses: "number?",
  /** What Esc puts back into the composer: a `prompt` that has no answer yet, what is `queued`. */
  puts_back: "text?",
  /** What Enter does while a turn runs: `queue` or `steer`. */
  enter_while_busy: "text?",
  /** It tells of itself beside its screen, where its arguments say how. */
  hooks: "flag?",
} as const satisfies Fields;

type Given = Args<typeof mannerFields>;

export type Manners = { readonly [Name in keyof Given]-?: NonNullable<Given[Name]> } & {
  readonly folding: Folding;
};

const plain: Manners = {
  dialogs: [],
  start_ms: 0,
  tools_ms: 0,
  think_ms: 0,
  draft: "",
  takes_paste: true,
  enter_after_start_ms: 0,
  enter_after_paste_ms: 0,
  enter_after_keys_ms: 0,
  early_enter: "newline",
  interrupt_presses: 1,
  quit_presses: 2,
  puts_back: "nothing",
  enter_while_busy: "queue",
  hooks: true,
  folding: { isLong: () => false, label: () => "", isUnfoldedByRepeat: false },
};

const manners = {
  claude: {
    ...plain,
    enter_after_start_ms: 400,
    early_enter: "lost",
    puts_back: "prompt",
    // The limits are borrowed from reports; 60 lines were seen folded and 3 were not.
    folding: {
      isLong: (text) => text.length > 800 || linesOf(text) > 3,
      label: (text, n) =>
        linesOf(text) > 1
          ? `[Pasted text #${n} +${linesOf(text) - 1} lines]`
          : `[Pasted text #${n}]`,
      isUnfoldedByRepeat: true,
    },
  },
  codex: {
    ...plain,
    enter_after_keys_ms: 15,
    quit_presses: 1,
    puts_back: "queued",
    enter_while_busy: "steer",
    folding: {
      isLong: (text) => text.length > 1000,
      label: (text) => `[Pasted Content ${text.length} chars]`,
      isUnfoldedByRepeat: false,
    },
  },
  gemini: {
    ...plain,
    enter_after_paste_ms: 200,
    enter_after_keys_ms: 200,
    // The form is chosen: no long paste was recorded.
    folding: {
      isLong: (text) => text.length > 500 || linesOf(text) > 5,
      label: (text) =>
        linesOf(text) > 5
          ? `[Pasted Text: ${linesOf(text)} lines]`
          : `[Pasted Text: ${text.length} chars]`,
      isUnfoldedByRepeat: false,
    },
  },
  opencode: {
    ...plain,
    interrupt_presses: 2,
    quit_presses: 1,
    // The form is chosen: no long paste was recorded.
    folding: {
      isLong: (text) => text.length > 150 || linesOf(text) > 2,
      label: (text) => `[Pasted ~${linesOf(text)} lines]`,
      isUnfoldedByRepeat: false,
    },
  },
  generic: plain,
} as const satisfies Readonly<Record<string, Manners>>;

/** `given` was checked against `mannerFields`. */
export function mannersOf(
  name: keyof typeof manners,
  given: Readonly<Record<string, Value>>,
): Manners {
  // Fields that were not given are not there at all.
  return { ...manners[name], ...(given as Partial<Manners>) };
}

function linesOf(text: string): number {
  return text.split("\n").length;
}

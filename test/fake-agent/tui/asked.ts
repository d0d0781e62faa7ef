/**
 * A dialog, permission or question that has the keys, as a value, and what a key does to it.
 */

import type { ToolUse } from "./hooks.ts";
import type { Input, KeyName } from "./keys.ts";

export interface Choice {
  readonly label: string;
  readonly hint: string | null;
  /** A letter that chooses it at once. */
  readonly letter: string | null;
  /** `text`: what is typed is the answer; `exit`: the agent ends. */
  readonly does: "yes" | "no" | "text" | "exit";
}

export interface Asked {
  readonly kind: "permission" | "question" | "dialog";
  /** The tool, the header or the dialog's name. */
  readonly name: string;
  readonly says: string;
  readonly details: readonly string[];
  readonly choices: readonly Choice[];
  readonly selected: number;
  /** What was typed into the choice that takes text. */
  readonly typed: string;
  /** A digit chooses at once. */
  readonly hasDigits: boolean;
  /** What a hook is told that it is about; absent: none is asked. */
  readonly tool?: ToolUse;
}

export interface Answer {
  /** `null`: it was left with Esc. */
  readonly choice: Choice | null;
  readonly text: string | null;
  /** A hook has said no, with these words: the turn goes on. */
  readonly denied?: string;
  readonly isByHook?: true;
}

/** What a key came to; `lost`: it did nothing. */
export type Pressed =
  | { readonly asked: Asked }
  | { readonly answer: Answer }
  | { readonly lost: true };

export function choice(label: string, does: Choice["does"], more: Partial<Choice> = {}): Choice {
  return { label, does, hint: null, letter: null, ...more };
}

export function press(asked: Asked, input: Input): Pressed {
  if (input.type === "key") return pressKey(asked, input.name);
  if (input.type === "paste") return isWriting(asked) ? added(asked, input.text) : { lost: true };
  // Of characters that come in one read each counts for itself, up to an answer.
  let pressed: Pressed = { lost: true };
  for (const character of input.text) {
    const next = pressCharacter("asked" in pressed ? pressed.asked : asked, character);
    if ("answer" in next) return next;
    if ("asked" in next) pressed = next;
  }
  return pressed;
}

function pressCharacter(asked: Asked, character: string): Pressed {
  if (isWriting(asked) && (asked.typed !== "" || !isDigit(character))) {
    return added(asked, character);
  }
  const at = indexOf(asked, character);
  return at === -1 ? { lost: true } : choose({ ...asked, selected: at });
}

function added(asked: Asked, text: string): Pressed {
  return { asked: { ...asked, typed: asked.typed + text } };
}

function isWriting({ choices, selected }: Asked): boolean {
  return choices[selected]?.does === "text";
}

function pressKey(asked: Asked, name: KeyName): Pressed {
  const { length } = asked.choices;
  switch (name) {
    case "down":
    case "right":
    case "tab":
      return { asked: { ...asked, selected: (asked.selected + 1) % length } };
    case "up":
    case "left":
      return { asked: { ...asked, selected: (asked.selected + length - 1) % length } };
    case "enter":
      return choose(asked);
    case "escape":
    case "ctrl-c":
      return { answer: { choice: null, text: null } };
    case "backspace":
      return isWriting(asked)
        ? { asked: { ...asked, typed: asked.typed.slice(0, -1) } }
        : { lost: true };
    default:
      return { lost: true };
  }
}

function choose(asked: Asked): Pressed {
  const chosen = asked.choices[asked.selected];
  if (chosen === undefined) return { lost: true };
  if (chosen.does !== "text") return { answer: { choice: chosen, text: null } };
  return asked.typed === "" ? { asked } : { answer: { choice: chosen, text: asked.typed } };
}

function indexOf({ choices, hasDigits }: Asked, character: string): number {
  const byLetter = choices.findIndex(({ letter }) => letter === character);
  if (byLetter !== -1 || !hasDigits || !isDigit(character)) return byLetter;
  return Number(character) <= choices.length ? Number(character) - 1 : -1;
}

function isDigit(text: string): boolean {
  return /^[1-9]$/.test(text);
}

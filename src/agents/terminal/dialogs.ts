/**
 * Reaching one choice of a dialog, key by key, with a look after each. Pure.
 *
 * Invariant: Enter is pressed only on a dialog that is the one that was judged, and only where the
 * wanted choice is seen selected. Nothing is answered blindly.
 */

import type { Instant } from "../../domain/id.ts";
import type { Choice, ShownDialog } from "../profile/profile.ts";

/** What has been pressed so far, and on what. */
export interface Answering {
  /** The dialog for which the answer was chosen. */
  readonly dialog: ShownDialog;
  /** The label of the choice. */
  readonly label: string;
  readonly pressed: readonly ("digit" | "arrow" | "enter")[];
  readonly actedAt: Instant;
  /** The choice that was selected when the last key was pressed. */
  readonly selected: string | null;
}

export type DialogStep =
  /** `isText`: a character, typed; else a key by its tmux name. */
  | { readonly do: "press"; readonly key: string; readonly isText: boolean }
  /** Until the screen changes, at most until then. */
  | { readonly do: "wait"; readonly until: Instant }
  /** The dialog is gone, or another one has come: the answer was taken. */
  | { readonly do: "taken" }
  | { readonly do: "give_up"; readonly why: string };

/** A key that moves or answers acts within this time, or it was not taken (chosen). */
export const reactionMs = 1_500;
/** Arrows beyond the number of choices: a list may wrap round. */
const spareKeys = 3;

export function beginAnswer(dialog: ShownDialog, label: string, now: Instant): Answering {
  return { dialog, label, pressed: [], actedAt: now, selected: null };
}

/** `shown`: the dialog that is seen now; `null`: none. */
export function advanceAnswer(
  answering: Answering,
  shown: ShownDialog | null,
  now: Instant,
): { readonly step: DialogStep; readonly answering: Answering } {
  const step = nextDialogStep(answering, shown, now);
  if (step.do !== "press") return { step, answering };
  const kind = step.isText ? "digit" : step.key === "Enter" ? "enter" : "arrow";
  const pressed = [...answering.pressed, kind] as const;
  return { step, answering: { ...answering, pressed, actedAt: now, selected: selectedOf(shown) } };
}

/** The same question with the same choices, whichever of them is selected. */
function isSameDialog(one: ShownDialog, other: ShownDialog): boolean {
  return dialogKey(one) === dialogKey(other);
}

export function dialogKey({ kind, name, says, choices }: ShownDialog): string {
  return JSON.stringify([kind, name, says, choices.map((choice) => choice.label)]);
}

/** The choice with this label; written otherwise than on the screen, where only one is meant. */
export function findChoice(dialog: ShownDialog, label: string): Choice | null {
  const exact = dialog.choices.find((choice) => choice.label === label);
  if (exact !== undefined) return exact;
  const wanted = plain(label);
  const alike = dialog.choices.filter(
    (choice) => plain(choice.label) === wanted || (choice.key !== null && choice.key === wanted),
  );
  const [only, ...more] = alike;
  return only !== undefined && more.length === 0 ? only : null;
}

function nextDialogStep(
  { dialog, label, pressed, actedAt, selected }: Answering,
  shown: ShownDialog | null,
  now: Instant,
): DialogStep {
  const hasAnswered = pressed.includes("digit") || pressed.includes("enter");
  if (shown === null || !isSameDialog(dialog, shown)) {
    if (hasAnswered) return { do: "taken" };
    return { do: "give_up", why: "it went away before it was answered" };
  }
  const choice = findChoice(shown, label);
  if (choice === null) return { do: "give_up", why: `it does not offer "${label}"` };
  const isReacting = pressed.length > 0 && selectedOf(shown) === selected;
  if (isReacting && now < actedAt + reactionMs) return { do: "wait", until: actedAt + reactionMs };
  const last = pressed.at(-1);
  if (last === "enter" && isReacting) {
    return { do: "give_up", why: `"${label}" was chosen, and it is still there` };
  }
  // Of a number with two digits the first would be taken for a choice of its own.
  if (pressed.length === 0 && choice.key?.length === 1) {
    return { do: "press", key: choice.key, isText: true };
  }
  if (choice.isSelected) return { do: "press", key: "Enter", isText: false };
  if (last === "arrow" && isReacting) return { do: "give_up", why: "the arrows do not move in it" };
  if (pressed.length > shown.choices.length + spareKeys) {
    return { do: "give_up", why: `"${label}" was not reached with ${pressed.length} keys` };
  }
  const at = shown.choices.findIndex((one) => one.isSelected);
  if (at === -1) return { do: "give_up", why: "it does not show which choice is selected" };
  const key = shown.choices.indexOf(choice) > at ? "Down" : "Up";
  return { do: "press", key, isText: false };
}

function selectedOf(dialog: ShownDialog | null): string | null {
  return dialog?.choices.find((choice) => choice.isSelected)?.label ?? null;
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

/**
 * Writing words into a dialog that takes them, key by key, with a look after each. Pure.
 *
 * Invariant: Enter is pressed only where the words are seen, or where the choice that opens a place
 * for them is seen selected.
 */

import type { Instant } from "../../domain/id.ts";
import type { Choice, ShownDialog } from "../profile/profile.ts";
import { type DialogStep, reactionMs } from "./dialogs.ts";

export interface Writing {
  readonly dialog: ShownDialog;
  /** One line. */
  readonly text: string;
  readonly phase: "reach" | "written" | "opened" | "submitted";
  readonly keys: number;
  readonly actedAt: Instant;
  /** How often the words stood on the screen when they were written: then they stand there once more. */
  readonly before: number;
}

/** What is seen now. */
export interface WritingSight {
  readonly now: Instant;
  readonly shown: ShownDialog | null;
  /** The words of the screen. */
  readonly screen: string;
}

const mostKeys = 12;

export function beginWriting(dialog: ShownDialog, text: string, now: Instant): Writing {
  const line = text.trim().replace(/\s+/g, " ");
  return { dialog, text: line, phase: "reach", keys: 0, actedAt: now, before: 0 };
}

export function advanceWriting(
  writing: Writing,
  sight: WritingSight,
): { readonly step: DialogStep; readonly writing: Writing } {
  const [step, phase] = next(writing, sight);
  if (step.do !== "press") return { step, writing };
  const isWriting = phase === "written" && writing.phase !== "written";
  const before = isWriting ? timesSeen(sight.screen, writing.text) : writing.before;
  const keys = writing.keys + 1;
  return { step, writing: { ...writing, phase, keys, actedAt: sight.now, before } };
}

function next(
  writing: Writing,
  { now, shown, screen }: WritingSight,
): [DialogStep, Writing["phase"]] {
  const { dialog, text, phase, keys, actedAt, before } = writing;
  const waitOr = (why: string): [DialogStep, Writing["phase"]] =>
    now < actedAt + reactionMs
      ? [{ do: "wait", until: actedAt + reactionMs }, phase]
      : [{ do: "give_up", why }, phase];
  const isThere = shown !== null && shown.says === dialog.says;
  if (phase === "submitted") {
    return isThere
      ? waitOr("the words were given, and it is still there")
      : [{ do: "taken" }, phase];
  }
  if (!isThere) return [{ do: "give_up", why: "it went away before it was answered" }, phase];
  if (keys > mostKeys) return [{ do: "give_up", why: "no place for words was reached" }, phase];
  if (phase === "written") {
    if (timesSeen(screen, text) > before) return [press("Enter"), "submitted"];
    if (now < actedAt + reactionMs) return [{ do: "wait", until: actedAt + reactionMs }, phase];
    const choice = textChoice(shown);
    if (choice?.isSelected === true) return [press("Enter"), "opened"];
    return [{ do: "give_up", why: "the words do not appear in it" }, phase];
  }
  if (phase === "opened") return [type(text), "written"];
  if (shown.choices.length === 0) return [type(text), "written"];
  const choice = textChoice(shown);
  if (choice === null) return [{ do: "give_up", why: "none of its choices takes words" }, phase];
  if (choice.isSelected) return [type(text), "written"];
  if (choice.key !== null && keys === 0) return [type(choice.key), "reach"];
  const at = shown.choices.findIndex((one) => one.isSelected);
  if (at === -1) return waitOr("it does not show which choice is selected");
  return [press(shown.choices.indexOf(choice) > at ? "Down" : "Up"), "reach"];
}

/** The choice that stands for words of one's own; `null`: there is none that says so. */
function textChoice({ choices }: ShownDialog): Choice | null {
  return choices.find(({ label }) => textLabel.test(label)) ?? null;
}

/** As the recorded agents write it: "Type something.", "Type your own answer", "No, and tell …". */
const textLabel = /\b(type|write|your own|tell|other)\b|écri|autre/i;

/** By their end, wherever the rows break: elsewhere on the screen the same words may stand. */
function timesSeen(screen: string, text: string): number {
  const end = text.replace(/\s+/g, "").slice(-20);
  return screen.replace(/\s+/g, "").split(end).length - 1;
}

function press(key: string): DialogStep {
  return { do: "press", key, isText: false };
}

function type(text: string): DialogStep {
  return { do: "press", key: text, isText: true };
}

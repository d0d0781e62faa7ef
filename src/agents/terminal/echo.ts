/**
 * Does a composer show our own words? Terminals wrap, indent, scroll and replace what they cannot
 * draw, so only letters and digits are compared, and of a long text only what can be seen of it.
 * Pure.
 */

import type { Composer } from "../profile/profile.ts";

/** How much of the end of a text proves that all of it has arrived (borrowed: facts, tmux §2). */
const tailLength = 20;
/** As the recorded agents write it: `[Pasted text #1 +60 lines]`. */
const aFold = /^\[[^[\]]*\]$/;
/** Fewer letters than this are no proof: then all that is not blank is compared. */
const fewLetters = 4;

export type Echo =
  /** Nothing is in the composer. */
  | "empty"
  /** The end of the text is seen, and nothing that is not of it. */
  | "whole"
  /** A piece of the text, too long to be chance, without its end. */
  | "part"
  /** A long paste, that the composer shows as one word: anybody's. */
  | "folded"
  /** Words that are not the text's. */
  | "other";

export function echoOf(composer: Composer, text: string): Echo {
  // Two of them are the text twice, and beside one stand the words of a person.
  if (composer.isFolded) return aFold.test(composer.text.trim()) ? "folded" : "other";
  if (composer.text.trim() === "") return "empty";
  const kept = lettersOf(text).length >= fewLetters ? lettersOf : inkOf;
  const shown = kept(composer.text);
  const meant = kept(text);
  if (shown === "") return "other";
  // A word or two may be anybody's.
  if (shown.length < Math.min(meant.length, tailLength)) return "other";
  if (meant.endsWith(shown)) return "whole";
  return meant.includes(shown) ? "part" : "other";
}

/** The same words, whatever was done to blanks and signs on the way. */
export function isSameText(one: string, other: string): boolean {
  return one === other || inkOf(one) === inkOf(other) || isSameLetters(one, other);
}

function isSameLetters(one: string, other: string): boolean {
  const letters = lettersOf(one);
  return letters.length >= fewLetters && letters === lettersOf(other);
}

function lettersOf(text: string): string {
  return text.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "");
}

function inkOf(text: string): string {
  return text.normalize("NFC").replace(/\s+/gu, "");
}

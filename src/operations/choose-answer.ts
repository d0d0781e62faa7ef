/** What a person has typed as an answer, as one of the choices or as words of their own. Pure. */

import type { Answer, OpenAsk } from "../domain/ask.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";

export interface Typed {
  readonly choice: string | null;
  readonly text: string | null;
}

/** Rejects with `usage`, and the choices, for what is none of them or more than one. */
export function chooseAnswer({ id, ask }: OpenAsk, { choice, text }: Typed): Answer {
  const { choices, takesText } = ask;
  if (text !== null) {
    if (choice === null) return { text };
    throw new AppError("usage", "Give a choice or `--text`, not both.", {
      hint: `temoin answer ${id}`,
    });
  }
  if (choice === null) {
    throw new AppError("usage", `There is no answer to ${id}.`, { hint: listChoices(choices) });
  }
  if (choices.length === 0 && takesText) return { text: choice };
  const meant = findChoices(choices, choice);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return { choice: only };
  const near = nearest(choice, choices);
  const says =
    meant.length > 1
      ? `“${choice}” may mean ${meant.map((label) => `“${label}”`).join(" or ")}.`
      : `“${choice}” is no choice of ${id}${near === null ? "" : `; did you mean “${near}”?`}`;
  const words = takesText ? ` Words of your own: temoin answer ${id} --text "…"` : "";
  throw new AppError("usage", /[.?]$/.test(says) ? says : `${says}.`, {
    hint: `${listChoices(choices)}${words}`,
  });
}

/** By its label, else its number, else the beginning of its label, in any case. */
function findChoices(choices: readonly string[], typed: string): readonly string[] {
  const wanted = fold(typed);
  const same = choices.filter((label) => fold(label) === wanted);
  if (same.length > 0) return same.slice(0, 1);
  const numbered = /^\d+$/.test(wanted) ? choices[Number(wanted) - 1] : undefined;
  if (numbered !== undefined) return [numbered];
  const begin = choices.filter((label) => fold(label).startsWith(wanted));
  // “Not now” is no “no”.
  if (wanted !== "yes" && wanted !== "no") return begin;
  return begin.filter((label) => !/^\p{L}/u.test(fold(label).slice(wanted.length)));
}

function fold(text: string): string {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}

function listChoices(choices: readonly string[]): string {
  if (choices.length === 0) return "It takes words of your own.";
  return `Its choices: ${choices.map((label, place) => `${place + 1} ${label}`).join(" · ")}.`;
}

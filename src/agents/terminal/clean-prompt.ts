/**
 * What of a prompt may be written into a terminal. Invariant: nothing in a cleaned text can end a
 * bracketed paste, move the cursor or act as a key; line feeds and tabs are all that is left of the
 * control characters. Pure.
 */

import { byFile } from "../prompt-words.ts";

/** C0 without TAB and LF, DEL, and C1 (where 9B alone begins a sequence as ESC [ does). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Line ends become LF; those at the end are cut, for they are text within a paste and submit
 * nothing. Lone surrogates become U+FFFD: a terminal takes UTF-8 only.
 */
export function cleanPrompt(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(controls, "")
    .toWellFormed()
    .replace(/[\n\t ]+$/, "");
}

/** What is written into the composer. */
export interface PromptText {
  readonly text: string;
  /** It names the file that holds the prompt, and is not the prompt itself. */
  readonly isByFile: boolean;
}

/**
 * What an agent would carry out instead of reading it, also when it is pasted (measured with Claude
 * Code 2.1.197 and codex 0.169.0): `!` begins a line for a shell, `/` a command, and a few words
 * alone end the program.
 */
const command = /^\s*[/!]|^\s*(?:exit|quit|:\w+!?)\s*$/i;

/**
 * The prompt itself, or, where it is too long, would be a command or its lines would be keys, one
 * line that names its file. Only a program that has asked for bracketed paste takes several lines as
 * one text.
 */
export function textOf(
  prompt: { readonly text: string; readonly file: string },
  { takesPaste, longestBytes }: { readonly takesPaste: boolean; readonly longestBytes: number },
): PromptText {
  const text = cleanPrompt(prompt.text);
  const isTooLong = Buffer.byteLength(text) > longestBytes;
  if (isTooLong || command.test(text) || (text.includes("\n") && !takesPaste)) {
    return { text: byFile(prompt), isByFile: true };
  }
  return { text, isByFile: false };
}

/**
 * Arguments as they stand in a line of tmux's command language. Every byte that could mean anything
 * there is written in octal within double quotes, so that a line can hold no second command, no
 * variable and no line end. Formats are another language: `noFormat` is for arguments that tmux
 * expands.
 */

import { Buffer } from "node:buffer";

const harmless = /^[A-Za-z0-9_@%+,./:=-]$/;

export function quote(text: string): string {
  let quoted = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const character = String.fromCharCode(byte);
    quoted += harmless.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `"${quoted}"`;
}

/**
 * For arguments that tmux expands as a format: `#` stands for itself only when it is doubled, but
 * for those before a `[`, which tmux leaves as they are for whoever draws.
 */
export function noFormat(text: string): string {
  return text.replace(/(#+)(\[?)/g, (_, signs: string, bracket: string) =>
    bracket === "" ? signs + signs : signs + bracket,
  );
}

/** A name that a person sees in the list of windows. */
export function plainName(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, "-").slice(0, 60) || "agent";
}

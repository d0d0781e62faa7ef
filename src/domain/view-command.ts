/**
 * A command that temoin will run, for whoever decides on it: whole, however long it is, with what no
 * eye would see in it by its number.
 */

/** A line each. */
export function commandLines(command: string): readonly string[] {
  return command.split(/\r\n|[\n\r\p{Zl}\p{Zp}]/u).map((line) => line.replace(hidden, byNumber));
}

/** Controls, directions, joiners and tags, and halves of letters. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;

function byNumber(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/**
 * The box in which a prompt is written: what it holds, and what of it is shown. A value; the cursor
 * is always at its end.
 */

/** A long paste, shown as a few words. */
interface Fold {
  readonly text: string;
  readonly label: string;
}

export type Composer = readonly (string | Fold)[];

/** Which pastes are folded, and how they are called then. */
export interface Folding {
  readonly isLong: (text: string) => boolean;
  /** `n` counts the folds of a composer from 1. */
  readonly label: (text: string, n: number) => string;
  /** The same paste once more shows the first one instead of doubling it. */
  readonly isUnfoldedByRepeat: boolean;
}

export const emptyComposer: Composer = [];

export function textOf(composer: Composer): string {
  return composer.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("");
}

export function shownOf(composer: Composer): string {
  return composer.map((piece) => (typeof piece === "string" ? piece : piece.label)).join("");
}

export function isFolded(composer: Composer): boolean {
  return composer.some((piece) => typeof piece !== "string");
}

export function write(composer: Composer, text: string): Composer {
  const last = composer.at(-1);
  return typeof last === "string" ? [...composer.slice(0, -1), last + text] : [...composer, text];
}

export function paste(composer: Composer, pasted: string, folding: Folding): Composer {
  const text = pasted.replace(/\r\n?/g, "\n");
  const last = composer.at(-1);
  if (folding.isUnfoldedByRepeat && typeof last === "object" && last.text === text) {
    return write(composer.slice(0, -1), text);
  }
  if (!folding.isLong(text)) return write(composer, text);
  const n = composer.filter((piece) => typeof piece !== "string").length + 1;
  return [...composer, { text, label: folding.label(text, n) }];
}

export function eraseLast(composer: Composer): Composer {
  const last = composer.at(-1);
  if (typeof last !== "string") return composer.slice(0, -1);
  const shorter = [...last].slice(0, -1).join("");
  return shorter === "" ? composer.slice(0, -1) : [...composer.slice(0, -1), shorter];
}

/** Back to the beginning of the line; an empty line goes with its line feed. */
export function clearLine(composer: Composer): Composer {
  const last = composer.at(-1);
  if (last === undefined) return emptyComposer;
  if (typeof last !== "string") return clearLine(composer.slice(0, -1));
  if (last.endsWith("\n")) return eraseLast(composer);
  const lineFeed = last.lastIndexOf("\n");
  if (lineFeed === -1) return clearLine(composer.slice(0, -1));
  return [...composer.slice(0, -1), last.slice(0, lineFeed + 1)];
}

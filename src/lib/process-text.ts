/**
 * What a program has printed, made fit to be read: any bytes in, plain text of bounded length out.
 */

import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import type { Exit } from "./process.ts";

/** An unfinished line is kept up to so many characters (chosen), whatever the program prints. */
const carryLength = 4096;

/** One line without colours and control characters, at most `length` characters long. */
export function plainLine(text: string, length = 200): string {
  const plain = stripVTControlCharacters(text.slice(0, carryLength))
    .replace(/\p{Cc}+/gu, " ")
    .trim();
  return plain.slice(0, length).toWellFormed();
}

/** Lines without colours and control characters; a carriage return alone begins a new line. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "");
}

/** The last line of words that are all there, as `plainLine`; empty: there is none. */
export function lastLine(text: string): string {
  const end = text.slice(-carryLength).trimEnd();
  return plainLine(end.slice(end.lastIndexOf("\n") + 1));
}

/** Hands on bytes as text: cut anywhere, also within a character. */
export function asText<T>(take: (text: string) => T): (chunk: Uint8Array) => T {
  const decoder = new StringDecoder("utf8");
  return (chunk) => take(decoder.write(chunk));
}

/** Follows output and keeps its last line that is not empty. */
export class LastLine {
  readonly #decoder = new StringDecoder("utf8");
  #unfinished = "";
  #finished = "";

  /**
   * The last line with something in it that this chunk has finished, as `plainLine`; `null`: none.
   * Only the end of the chunk is looked at, so that a flood of lines costs little.
   */
  push(chunk: Uint8Array): string | null {
    const text = this.#unfinished + this.#decoder.write(chunk);
    const end = endOfLines(text);
    this.#unfinished = text.slice(end + 1).slice(-carryLength);
    const line = lastLineOf(text, end);
    if (line !== null) this.#finished = line;
    return line;
  }

  /** The last line so far, finished or not; empty when nothing was printed. */
  get text(): string {
    return plainLine(this.#unfinished) || this.#finished;
  }
}

/** Sent from outside: what a program has printed last says nothing of why. */
const fromOutside: ReadonlySet<string> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"]);

/**
 * How a program has ended, with the last line that it has printed as the reason, where it can be one:
 * not of a program that somebody has ended, and no line that it was given itself.
 */
export function endWords(
  { exitCode, signal }: Pick<Exit, "exitCode" | "signal">,
  says: string,
  given = "",
): string {
  if (exitCode === null && fromOutside.has(signal ?? "")) return `it was ended by ${signal}`;
  const how = exitCode === null ? `it was ended by ${signal}` : `it exited with ${exitCode}`;
  const isEcho = given.split("\n").some((line) => plainLine(line) === says);
  return says === "" || isEcho ? how : `${how}: ${says}`;
}

/** Index of the last line end in `text`, or -1. */
function endOfLines(text: string): number {
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r"));
}

/** How many lines of nothing but control characters are looked behind (chosen). */
const longestLookBack = 100;

function lastLineOf(text: string, end: number): string | null {
  let to = end;
  for (let looks = 0; looks < longestLookBack; looks += 1) {
    // Blank lines are passed over in one go: a flood of them must not cost a look each.
    to = text.slice(0, Math.max(0, to)).trimEnd().length;
    if (to === 0) return null;
    const start = Math.max(endOfLines(text.slice(0, to)) + 1, to - carryLength);
    const line = plainLine(text.slice(start, to));
    if (line !== "") return line;
    to = start - 1;
  }
  return null;
}

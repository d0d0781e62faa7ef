/**
 * What was typed, from the bytes of a terminal in raw mode. Invariant: a sequence may be cut
 * anywhere between two reads, and what is pasted arrives exactly as it was sent.
 */

import { StringDecoder } from "node:string_decoder";

export type KeyName =
  | "enter"
  | "newline"
  | "escape"
  | "tab"
  | "backspace"
  | "up"
  | "down"
  | "left"
  | "right"
  | "ctrl-c"
  | "ctrl-d"
  | "ctrl-u"
  | "other";

export type Input =
  | { readonly type: "key"; readonly name: KeyName }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string };

const pasteStart = "\u001b[200~";
const pasteEnd = "\u001b[201~";
const controls: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "newline",
  "\t": "tab",
  "\u0003": "ctrl-c",
  "\u0004": "ctrl-d",
  "\u0008": "backspace",
  "\u0015": "ctrl-u",
  "\u007f": "backspace",
};
const arrows: Readonly<Record<string, KeyName>> = { A: "up", B: "down", C: "right", D: "left" };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is read.
const sequence = /^\u001b(?:\[[0-?]*[ -/]*([@-~])|O(.))/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what ends a text.
const plainText = /^[^\u0000-\u001f\u007f]+/;

export class KeyReader {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** An ESC at the end may be a key, or the beginning of a sequence: see `isUndecided`. */
  read(bytes: Buffer): readonly Input[] {
    this.#rest += this.#decoder.write(bytes);
    return this.#take(false);
  }

  /** Only an ESC that nothing follows is left, and no paste: it will be a key before long. */
  get isUndecided(): boolean {
    return this.#rest !== "" && !this.#rest.startsWith(pasteStart);
  }

  /** Nothing has followed: what is left is a key. */
  decide(): readonly Input[] {
    return this.#take(true);
  }

  #take(isAll: boolean): readonly Input[] {
    const inputs: Input[] = [];
    for (;;) {
      const next = readOne(this.#rest, isAll);
      if (next === null) return inputs;
      inputs.push(next.input);
      this.#rest = this.#rest.slice(next.length);
    }
  }
}

/** `null`: more has to come first. */
function readOne(text: string, isAll: boolean): { input: Input; length: number } | null {
  const first = text[0];
  if (first === undefined) return null;
  if (text.startsWith(pasteStart)) {
    const end = text.indexOf(pasteEnd);
    if (end === -1) return null;
    const pasted = text.slice(pasteStart.length, end);
    return { input: { type: "paste", text: pasted }, length: end + pasteEnd.length };
  }
  if (first === "\u001b") {
    const found = sequence.exec(text);
    if (found !== null) {
      const name = arrows[found[1] ?? found[2] ?? ""] ?? "other";
      return { input: { type: "key", name }, length: found[0].length };
    }
    // ESC and a letter is a key with Alt, and none that is known here.
    const next = text[1];
    if (next !== undefined && next !== "[" && next !== "O") return key("escape", 1);
    return isAll ? key("escape", 1) : null;
  }
  const plain = plainText.exec(text);
  if (plain !== null) {
    return { input: { type: "text", text: plain[0] }, length: plain[0].length };
  }
  return key(controls[first] ?? "other", 1);
}

function key(name: KeyName, length: number) {
  return { input: { type: "key", name } as const, length };
}

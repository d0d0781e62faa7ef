/**
 * Takes secrets out of text before it is kept: values that are known, wherever they stand, and
 * tokens that can be told by their looks. In their place stands `[masked NAME]`.
 *
 * Invariant: however a text is cut into pieces, what comes out of the stream is the same. Of the
 * end of a piece only so much is held back as may be the begin of a secret.
 */

import { tokenShapes } from "./token-shapes.ts";

export interface Secret {
  /** Stands where its value was. */
  readonly name: string;
  readonly value: string;
}

export interface Mask {
  /**
   * Of a whole text. A known value is found also where a screen has broken it into rows, which stay,
   * and where the text was cut in the middle of it.
   */
  text(text: string): string;
  /** For bytes that come in pieces, one stream for each source. */
  stream(): MaskStream;
}

/** Shorter values are words: masking them would take the sense out of any text (chosen). */
export const leastSecretLength = 8;

/** Values that are too short are passed over. */
export function createMask(secrets: readonly Secret[]): Mask {
  const known = forms(secrets);
  const values = known.map(({ name, value }) => ({ name: label(name), value }));
  const bytes = values.map(({ name, value }) => ({
    name: Buffer.from(name).toString("latin1"),
    value: Buffer.from(value).toString("latin1"),
  }));
  const ofText = compileValues(values);
  const ofBytes = compileValues(bytes);
  let wrapped: readonly { readonly name: string; readonly pattern: RegExp }[] | null = null;
  return {
    text(text) {
      let shown = whole(new ValueMask(ofText), text);
      wrapped ??= values.map(({ name, value }) => ({ name, pattern: acrossRows(value) }));
      for (const { name, pattern } of wrapped) {
        shown = shown.replace(pattern, (found) => name + (found.match(rowBreaks) ?? []).join(""));
      }
      return whole(new ShapeMask(), withoutBegun(values, shown));
    },
    stream: () => new MaskStream([new ValueMask(ofBytes), new ShapeMask()]),
  };
}

/** Masks nothing but what can be told by its looks. */
export const shapesOnly: Mask = createMask([]);

/** Takes out secrets piece by piece; the bytes may be text of any encoding that holds ASCII. */
export class MaskStream {
  readonly #layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /** What can be kept by now. */
  push(chunk: Uint8Array): Buffer {
    const { buffer, byteOffset, byteLength } = chunk;
    return this.#pass(Buffer.from(buffer, byteOffset, byteLength).toString("latin1"), false);
  }

  /** What was held back. The stream goes on as a new one. */
  end(): Buffer {
    return this.#pass("", true);
  }

  #pass(text: string, isEnd: boolean): Buffer {
    let shown = text;
    for (const layer of this.#layers) shown = layer.take(shown, isEnd);
    return Buffer.from(shown, "latin1");
  }
}

interface Layer {
  /** Gives back what is decided; at the end, all. */
  take(text: string, isEnd: boolean): string;
}

interface Values {
  readonly byText: ReadonlyMap<string, string>;
  readonly all: readonly string[];
  readonly longest: number;
  /** The longest of those that begin at a place is the one that matches. */
  readonly pattern: RegExp;
}

function compileValues(values: readonly Secret[]): Values {
  const all = values.map(({ value }) => value).sort((a, b) => b.length - a.length);
  return {
    byText: new Map(values.map(({ name, value }) => [value, name])),
    all,
    longest: all[0]?.length ?? 0,
    pattern: new RegExp(all.map(literal).join("|") || "(?!)", "g"),
  };
}

/** Values that are known. */
class ValueMask implements Layer {
  readonly #values: Values;
  #held = "";

  constructor(values: Values) {
    this.#values = values;
  }

  take(piece: string, isEnd: boolean): string {
    const { byText, all, pattern } = this.#values;
    const text = this.#held + piece;
    const open = isEnd ? [] : this.#open(text);
    let shown = "";
    let at = 0;
    const hasAny = all.some((value) => text.includes(value));
    for (;;) {
      pattern.lastIndex = at;
      const found = hasAny ? pattern.exec(text) : null;
      const end = open.find((place) => place >= at) ?? text.length;
      if (found === null || end <= found.index) {
        this.#held = text.slice(end);
        return shown + text.slice(at, end);
      }
      shown += text.slice(at, found.index) + (byText.get(found[0]) ?? "");
      at = found.index + found[0].length;
    }
  }

  /** Places from which the text may go on to be a value. */
  #open(text: string): readonly number[] {
    const { all, longest } = this.#values;
    const places: number[] = [];
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1) {
      const rest = text.length - at;
      if (all.some((value) => value.length > rest && isAt(text, at, value))) places.push(at);
    }
    return places;
  }
}

interface CompiledShape {
  readonly name: string;
  readonly prefix: string;
  readonly least: number;
  readonly rest: RegExp;
  /** Finds the first character that does not belong to it. */
  readonly end: RegExp;
}

const shapes: readonly CompiledShape[] = tokenShapes.map(({ name, prefix, rest, least }) => ({
  name: label(name),
  prefix,
  least,
  rest: new RegExp(`^${rest}*$`),
  end: new RegExp(rest.replace("[", "[^"), "g"),
}));
const shapePattern = new RegExp(
  `(?<![A-Za-z0-9])(?:${tokenShapes
    .map(({ prefix, rest, least }) => `(${literal(prefix)}${rest}{${least}})`)
    .join("|")})`,
  "g",
);
const firstOfShapes = new Set(tokenShapes.map(({ prefix }) => prefix.charCodeAt(0)));
const longestHead = Math.max(...tokenShapes.map(({ prefix, least }) => prefix.length + least));

/** Tokens that can be told by their looks. */
class ShapeMask implements Layer {
  /** The character before, which tells whether a word begins here, and what was held back. */
  #before = "";
  #held = "";
  /** Within this token, whose mask is given out. */
  #inside: CompiledShape | null = null;

  take(piece: string, isEnd: boolean): string {
    const text = this.#before + this.#held + piece;
    let at = this.#before.length;
    const open = isEnd ? [] : openShapes(text, at);
    let shown = "";
    for (;;) {
      if (this.#inside !== null) {
        at = firstAt(this.#inside.end, text, at);
        if (at < text.length) this.#inside = null;
      }
      shapePattern.lastIndex = at;
      const found = shapePattern.exec(text);
      const end = open.find((place) => place >= at) ?? text.length;
      if (found === null || end <= found.index) {
        this.#before = text.slice(Math.max(0, end - 1), end);
        this.#held = text.slice(end);
        if (isEnd) {
          this.#inside = null;
          this.#before = "";
        }
        return shown + text.slice(at, end);
      }
      const shape = shapes[found.slice(1).findIndex((group) => group !== undefined)] ?? null;
      shown += text.slice(at, found.index) + (shape?.name ?? "");
      this.#inside = shape;
      at = found.index + found[0].length;
    }
  }
}

/** Places, from `from` on, at which a token may have begun that is too short so far. */
function openShapes(text: string, from: number): readonly number[] {
  const places: number[] = [];
  for (let at = Math.max(from, text.length - longestHead + 1); at < text.length; at += 1) {
    if (!firstOfShapes.has(text.charCodeAt(at))) continue;
    if (at > 0 && /[A-Za-z0-9]/.test(text.charAt(at - 1))) continue;
    if (shapes.some((shape) => mayBecome(shape, text, at))) places.push(at);
  }
  return places;
}

function mayBecome({ prefix, least, rest }: CompiledShape, text: string, at: number): boolean {
  const length = text.length - at;
  if (length <= prefix.length) return isAt(text, at, prefix);
  if (length >= prefix.length + least || !text.startsWith(prefix, at)) return false;
  return rest.test(text.slice(at + prefix.length));
}

/** Does `text` hold `value` at that place, as far as it reaches? */
function isAt(text: string, at: number, value: string): boolean {
  if (text.charCodeAt(at) !== value.charCodeAt(0)) return false;
  return value.startsWith(text.slice(at, at + value.length));
}

function firstAt(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** Words are cut to a length before they come here: what is left of a value is taken out too. */
function withoutBegun(values: readonly Secret[], text: string): string {
  for (const { name, value } of values) {
    const head = value.slice(0, leastSecretLength);
    let at = text.indexOf(head, Math.max(0, text.length - value.length));
    while (at !== -1) {
      if (value.startsWith(text.slice(at))) return text.slice(0, at) + name;
      at = text.indexOf(head, at + 1);
    }
  }
  return text;
}

function whole(layer: Layer, text: string): string {
  return layer.take(text, true);
}

/** Of a value of several lines, those that are long tell it too (chosen: a key's lines have 64). */
const leastLineLength = 24;

/** Each value in the forms in which programs print it, the first name for each. */
function forms(secrets: readonly Secret[]): readonly Secret[] {
  const known = new Map<string, string>();
  for (const { name, value } of secrets) {
    const lines = value.split(/\s+/).filter((line) => line.length >= leastLineLength);
    const quoted = JSON.stringify(value).slice(1, -1);
    const printed = [value, value.trim(), quoted, encoded(value), inBase64(value)];
    for (const form of [...printed, ...lines]) {
      if (form.length >= leastSecretLength && !known.has(form)) known.set(form, name);
    }
  }
  return [...known].map(([value, name]) => ({ name, value }));
}

/** As in an address. */
function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** Without what depends on whatever follows; its last letters alone tell nothing. */
function inBase64(value: string): string {
  const bytes = Buffer.from(value);
  return bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64");
}

/** The end of a row of a screen, the frame around it, and the begin of the next one. */
const blank = "[ \\t\\u2500-\\u257f|]";
const rowBreaks = new RegExp(`${blank}*\\r?\\n${blank}*`, "g");

/** Also where the rows were put one behind the other. */
function acrossRows(value: string): RegExp {
  return new RegExp([...value].map(literal).join(`${blank}*(?:\\r?\\n${blank}*)?`), "g");
}

function label(name: string): string {
  return `[masked ${name}]`;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

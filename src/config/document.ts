/**
 * A YAML text read into plain values, with the line of each. What is wrong with the YAML itself is
 * returned as problems; nothing here knows which keys there are.
 */

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";
import { matchesPattern, type Path } from "./path.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Parsed {
  /** `undefined` when the text is no usable YAML; `problems` then says why. */
  readonly value: unknown;
  readonly problems: readonly { readonly place: Place; readonly says: string }[];
  /** Where the value stands; `key`: where its key stands. The nearest known place above it else. */
  placeOf(path: Path, part?: "value" | "key"): Place;
}

/** One slip in YAML makes several errors behind it; the first ones tell it (chosen). */
const shownErrors = 5;

export const tooDeep = "is nested too deeply to be read";

/**
 * `textPatterns` name the places that hold text: there an unquoted `true`, `8080` or `1.0` is
 * read as it is written, so that `run: true` is the command and `PORT: 8080` a variable's value.
 * `under` is where the text stands within a whole configuration.
 */
export function parseYaml(text: string, textPatterns: readonly string[], under: Path = []): Parsed {
  const lines = new LineCounter();
  const broken = (says: string): Parsed => ({
    value: undefined,
    problems: [{ place: { line: 1, column: 1 }, says }],
    placeOf: () => ({ line: 1, column: 1 }),
  });
  try {
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true } as const;
    const document = parseDocument(text, options);
    const found = [...document.errors, ...document.warnings];
    if (found.some((error) => error.code === "RESOURCE_EXHAUSTION")) return broken(tooDeep);
    const problems = found.slice(0, shownErrors).map((error) => ({
      place: placeAt(lines, error.pos[0]),
      says: sentenceOf(error, text),
    }));
    const placeOf = (path: Path, part: "value" | "key" = "value"): Place =>
      placeAt(lines, offsetOf(document, path, part));
    if (problems.length > 0) return { value: undefined, problems, placeOf };
    readTextAsWritten(document.contents, under, textPatterns);
    return { value: document.toJS({ maxAliasCount: 100 }), problems: [], placeOf };
  } catch (error) {
    // So the YAML library refuses an alias without its anchor, and aliases of aliases of aliases.
    if (error instanceof ReferenceError) {
      return error.message.startsWith("Unresolved alias")
        ? broken("uses a YAML alias (`*name`) whose anchor (`&name`) does not come before it")
        : broken("uses its YAML aliases (`*name`) too often to be read; write the values out");
    }
    if (error instanceof RangeError) return broken(tooDeep);
    throw error;
  }
}

function readTextAsWritten(node: unknown, path: Path, patterns: readonly string[]): void {
  if (isMap(node)) {
    for (const pair of node.items) {
      readTextAsWritten(pair.value, [...path, keyOf(pair.key)], patterns);
    }
  } else if (isSeq(node)) {
    for (const [place, item] of node.items.entries()) {
      readTextAsWritten(item, [...path, place], patterns);
    }
  } else if (isScalar(node) && node.source !== undefined) {
    const changes = typeof node.value === "number" || typeof node.value === "boolean";
    if (changes && patterns.some((pattern) => matchesPattern(pattern, path))) {
      node.value = node.source;
    }
  }
}

function offsetOf(document: Document.Parsed, path: Path, part: "value" | "key"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item.key) === String(step));
      if (pair === undefined) return offset;
      const wanted = depth === path.length - 1 ? part : "value";
      const keyAt = startOf(pair.key) ?? offset;
      offset = wanted === "key" ? keyAt : (startOf(pair.value) ?? keyAt);
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: unknown): number | null {
  const ranged = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return ranged ? (node.range?.[0] ?? null) : null;
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function sentenceOf(error: YAMLError, text: string): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "is indented with a tab, which YAML does not allow; use spaces";
    case "DUPLICATE_KEY": {
      const key = /^[^\s:,}]+/.exec(text.slice(error.pos[0]))?.[0] ?? "a key";
      return `has the key \`${key}\` twice in one map; keep one of them`;
    }
    case "MULTIPLE_DOCS":
      return "holds more than one YAML document; remove what follows the `---`";
    default:
      return `is no valid YAML: ${error.message.replace(/^[A-Z_]+: /, "")}`;
  }
}

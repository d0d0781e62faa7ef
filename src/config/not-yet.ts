/**
 * Keys and values that belong to later versions. They are refused, never silently ignored; a value
 * that asks for just what this version does anyway is accepted, so that a file can say it.
 */

import { isDeepStrictEqual } from "node:util";
import { formatPath, isRecord, matchesPattern, type Path } from "./path.ts";

interface LaterKey {
  readonly pattern: string;
  /** What this version does anyway. */
  readonly accepts?: readonly unknown[];
}

export const laterKeys: readonly LaterKey[] = [{ pattern: "notify", accepts: [[]] }];

interface LaterValue {
  readonly pattern: string;
  readonly values: readonly string[];
  /** A value of this version, read in its place so that the rest can still be checked. */
  readonly instead: string;
}

export const laterValues: readonly LaterValue[] = [];

export interface Refusal {
  readonly path: Path;
  /** The whole sentence. */
  readonly says: string;
}

/** Deeper than anything that a configuration may hold, and less than what breaks a recursion. */
const deepest = 50;

export interface Separated {
  /** The value without what belongs to later; `undefined`: nested without end. */
  readonly value: unknown;
  readonly refusals: readonly Refusal[];
}

/** Parts what this version knows, or will call unknown, from what later versions will know. */
export function separateLater(value: unknown, fileName: string): Separated {
  const refusals: Refusal[] = [];
  const strip = (part: unknown, path: Path): unknown => {
    if (path.length > deepest) throw new RangeError("nested too deeply");
    if (Array.isArray(part)) return part.map((item, place) => strip(item, [...path, place]));
    if (isRecord(part)) {
      const kept = Object.entries(part).filter(([name, held]) => {
        const at = [...path, name];
        const later = laterKeys.find((key) => matchesPattern(key.pattern, at));
        if (later === undefined) return true;
        if (!(later.accepts ?? []).some((same) => isDeepStrictEqual(same, held))) {
          refusals.push({ path: at, says: refusal(formatPath(at), later, fileName) });
        }
        return false;
      });
      return Object.fromEntries(
        kept.map(([name, held]) => [name, strip(held, [...path, name])] as const),
      );
    }
    if (typeof part !== "string") return part;
    const later = laterValues.find(
      ({ pattern, values }) => matchesPattern(pattern, path) && values.includes(part),
    );
    if (later === undefined) return part;
    const says = `\`${formatPath(path)}: ${part}\` is not yet built in this version; use \`${later.instead}\``;
    refusals.push({ path, says });
    return later.instead;
  };
  try {
    return { value: strip(value, []), refusals };
  } catch (error) {
    // Aliases can make a value that contains itself; its file is refused as a whole.
    if (error instanceof RangeError) return { value: undefined, refusals };
    throw error;
  }
}

function refusal(key: string, later: LaterKey, fileName: string): string {
  const only = (later.accepts ?? []).map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  const but = only === "" ? "" : ` (only ${only} is accepted)`;
  return `\`${key}\` is not yet built in this version${but}; remove it from ${fileName}`;
}

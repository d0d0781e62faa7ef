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

export const laterKeys: readonly LaterKey[] = [
  { pattern: "conductor" },
  { pattern: "handoff" },
  { pattern: "policy" },
  { pattern: "notify", accepts: [[]] },
  { pattern: "agents.*.sandbox", accepts: ["none"] },
  { pattern: "gates.*.retries", accepts: [0] },
  { pattern: "gates.*.protects", accepts: [[]] },
  { pattern: "gates.*.fix" },
  { pattern: "landing.review", accepts: [false] },
  { pattern: "landing.scope" },
  { pattern: "watch.quiet" },
  { pattern: "watch.nudge" },
  { pattern: "watch.giveUp" },
  { pattern: "watch.retrying" },
  { pattern: "attempts.fixTasks", accepts: [0] },
  { pattern: "budget.cost" },
  { pattern: "budget.tokens" },
];

interface LaterValue {
  readonly pattern: string;
  readonly values: readonly string[];
  /** A value of this version, read in its place so that the rest can still be checked. */
  readonly instead: string;
  /** What else to write, so that it comes near to what was meant. */
  readonly beside?: (value: string) => string;
}

export const laterValues: readonly LaterValue[] = [
  {
    pattern: "agents.*.driver",
    values: ["claude", "codex", "opencode", "gemini", "amp", "antigravity"],
    instead: "terminal",
    beside: (value) => ` with \`profile: ${value}\``,
  },
  { pattern: "agents.*.driver", values: ["acp"], instead: "terminal" },
  { pattern: "landing.mode", values: ["none"], instead: "merge" },
];

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
      const entries = kept.map(([name, held]) => [name, strip(held, [...path, name])] as const);
      return Object.fromEntries([...entries, ...standIn(part, path)]);
    }
    if (typeof part !== "string") return part;
    const later = laterValues.find(
      ({ pattern, values }) => matchesPattern(pattern, path) && values.includes(part),
    );
    if (later === undefined) return part;
    const instead = `\`${later.instead}\`${later.beside?.(part) ?? ""}`;
    const says = `\`${formatPath(path)}: ${part}\` is not yet built in this version; use ${instead}`;
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

/** An agent of a later driver may come without `command`; that is no second problem. */
function standIn(agent: Readonly<Record<string, unknown>>, path: Path): [string, unknown][] {
  const isLater = laterValues.some(
    ({ pattern, values }) =>
      matchesPattern(pattern, [...path, "driver"]) &&
      values.some((name) => name === agent["driver"]),
  );
  return isLater && agent["command"] === undefined ? [["command", ["-"]]] : [];
}

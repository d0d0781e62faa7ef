/** What a runner or an agent says, without the secrets that it may hold. Pure. */

import type { Report } from "./agent.ts";
import type { RunnerInput } from "./input.ts";

/** Of these, each value is a name that is looked up again, or a word of ours; all others are words. */
const names: ReadonlySet<string> = new Set([
  "agentAsk",
  "expected",
  "file",
  "from",
  "handoff",
  "head",
  "id",
  "kind",
  "mergeSha",
  "name",
  "onto",
  "outcome",
  "phase",
  "proof",
  "saved",
  "sha",
  "source",
  "state",
  "top",
  "type",
  "verdict",
  "where",
]);

export function maskedInput(input: RunnerInput, mask: (text: string) => string): RunnerInput {
  return masked(input, mask);
}

export function maskedReport(report: Report, mask: (text: string) => string): Report {
  return masked(report, mask);
}

/** Of the same shape: texts become texts, and all else stays. */
function masked<T>(value: T, mask: (text: string) => string): T {
  if (typeof value === "string") return mask(value) as T;
  if (Array.isArray(value)) return value.map((item) => masked(item, mask)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => {
    return [key, names.has(key) && typeof part === "string" ? part : masked(part, mask)];
  });
  return Object.fromEntries(entries) as T;
}

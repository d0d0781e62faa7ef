/** What is wrong with what was handed in to a verb, as the end of a sentence that begins with its name. */

import type { z } from "zod";

/** `issue.input` has to be reported: the value seen is told. */
export function inputProblem(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? "the input" : issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.join(", ");
    const place = issue.path.length === 0 ? "" : `${where}: `;
    return `${place}${keys} ${issue.keys.length === 1 ? "is" : "are"} not known`;
  }
  // A sentence of our own, which ends the one that begins with the name.
  if (!issue.message.startsWith("Invalid ")) {
    return issue.path.length === 0 ? issue.message : `${where} ${issue.message}`;
  }
  if (issue.input === undefined) return `${where} is missing`;
  const kind = kindOf(issue.input);
  return issue.code === "invalid_type"
    ? `${where} must be ${withArticle(issue.expected)}, but is ${kind}`
    : `${where} is ${kind} that is not taken`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return withArticle(Array.isArray(value) ? "array" : typeof value);
}

function withArticle(name: string): string {
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

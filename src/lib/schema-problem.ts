/** What is wrong with a file of data, as sentences: each with its place and the value seen. */

import type { z } from "zod";
import { nearest } from "./nearest.ts";

type Path = readonly PropertyKey[];

export interface SchemaFile {
  /** `a profile`: what the file is. */
  readonly name: string;
  /** All keys that it may have, at any depth. */
  readonly keys: readonly string[];
}

/** The sentences behind one issue of the schema; `raw` is what the schema was given. */
export function schemaProblems(
  issue: z.core.$ZodIssue,
  raw: unknown,
  file: SchemaFile,
): readonly string[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const meant = nearest(key, file.keys);
      const hint = meant === null ? "" : `; did you mean ${meant}?`;
      return `${placeOf([...path, key])}: is no key of ${file.name}${hint}`;
    });
  }
  const value = valueAt(raw, path);
  const must = issue.message.replace(/^Invalid input: expected (\w+).*$/, "must be a $1");
  if (value === undefined) return [`${placeOf(path)}: is missing; it ${must}`];
  return [`${placeOf(path)}: ${must}, but is ${shown(value)}${meantOf(issue, value)}`];
}

function meantOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== "invalid_value" || typeof value !== "string") return "";
  const meant = nearest(value, issue.values.map(String));
  return meant === null ? "" : `; did you mean ${meant}?`;
}

function placeOf(path: Path): string {
  return path.length === 0 ? "the file" : path.map(String).join(".");
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.entries(value).find(([name]) => name === String(key))?.[1];
  }, raw);
}

function shown(value: unknown): string {
  if (value === null) return "empty";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

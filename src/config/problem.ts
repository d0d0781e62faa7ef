/** What is wrong with a configuration, as sentences: each with its place, its key and the value. */

import type { z } from "zod";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { laterKeys } from "./not-yet.ts";
import { formatPath, matchesPattern, type Path, valueAt } from "./path.ts";
import { knownKeys } from "./schema.ts";

export interface Problem {
  /** `temoin.yaml:4:7`, `environment TEMOIN_CONFIG_GOAL`, `flag`. */
  readonly where: string;
  readonly says: string;
}

/** A problem of one value, before its place is known. */
export interface Complaint {
  readonly path: Path;
  /** The key itself is wrong, not what it holds. */
  readonly ofKey: boolean;
  readonly says: string;
}

export function configError(problems: readonly Problem[]): AppError {
  const title =
    problems.length === 1
      ? "Cannot use the configuration:"
      : `Cannot use the configuration, which has ${problems.length} problems:`;
  const lines = problems.map(
    ({ where, says }) => `\n  ${where}: ${says}${says.endsWith("?") ? "" : "."}`,
  );
  return new AppError("config", `${title}${lines.join("")}`, {
    hint: "Correct it and run the command again; docs/configuration.md lists every key.",
  });
}

/** The complaints behind one issue of the schema. `raw` is what the schema was given. */
export function complaintsOf(issue: z.core.$ZodIssue, raw: unknown): readonly Complaint[] {
  // Keys of JSON and YAML are texts or places in a list, never symbols.
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key]));
  }
  if (issue.code === "invalid_union") {
    const unknown = unknownInUnion(issue, raw);
    if (unknown !== null) return [unknown];
  }
  const value = valueAt(raw, path);
  if (value === undefined) {
    const says = `\`${formatPath(path)}\` is missing; it ${issue.message}`;
    return [{ path, ofKey: false, says }];
  }
  return [{ path, ofKey: false, says: wrongValue(path, issue.message, value) + help(path, value) }];
}

/** `must` is the end of a sentence that begins with the key. */
export function wrongValue(path: Path, must: string, value: unknown): string {
  const key = path.length === 0 ? "The file" : `\`${formatPath(path)}\``;
  return `${key} ${must}, but is ${show(path, value)}`;
}

/** A value as it can be shown on one line; what an agent gets in its environment is never shown. */
function show(path: Path, value: unknown): string {
  if (value === null) return "empty";
  const holdsEnv =
    (path[0] === "agents" && (path.length < 3 || path[2] === "env")) ||
    (path[0] === "gates" && (path.length < 3 || path[2] === "env")) ||
    (path[0] === "setup" && (typeof value === "object" || path[1] === "env"));
  if (holdsEnv) {
    return typeof value === "object" ? "a map or a list" : "another value (not shown)";
  }
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function unknownKey(path: Path): Complaint {
  const above = path.slice(0, -1);
  const suggestion = nearest(String(path.at(-1)), keysUnder(above));
  const key = suggestion === null ? null : formatPath([...above, suggestion]);
  const meant = key === null ? "" : `; did you mean \`${key}\`?`;
  return {
    path,
    ofKey: true,
    says: `\`${formatPath(path)}\` is no key of the configuration${meant}`,
  };
}

/** Keys of this version and of later ones that a map may hold. */
function keysUnder(path: Path): readonly string[] {
  const pattern = Object.keys(knownKeys).find((candidate) => matchesPattern(candidate, path));
  const later = laterKeys
    .map(({ pattern: whole }) => whole.split("."))
    .filter((parts) => matchesPattern(parts.slice(0, -1).join("."), path))
    .map((parts) => parts.at(-1) ?? "");
  return [...(pattern === undefined ? [] : (knownKeys[pattern] ?? [])), ...later];
}

/** A goal item such as `{ runs: ./check.sh }`: the key is the slip, not the whole item. */
function unknownInUnion(issue: z.core.$ZodIssueInvalidUnion, raw: unknown): Complaint | null {
  const path = issue.path as Path;
  const value = valueAt(raw, path);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const known = keysUnder(path);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  return unknown === undefined ? null : unknownKey([...path, unknown]);
}

/** What to write instead, for the slips that can be told from the value. */
function help(path: Path, value: unknown): string {
  const last = path.at(-1);
  if (typeof value === "string" && (last === "command" || last === "args")) {
    const needsShell = /[|&;<>$`*?(){}~"'\\]/.test(value);
    const argv = needsShell ? ["sh", "-c", value] : value.trim().split(/\s+/);
    const written = argv.map((word) => (/^[\w./@=+-]+$/.test(word) ? word : JSON.stringify(word)));
    return `; write \`${last}: [${written.join(", ")}]\``;
  }
  const isTime = last === "timeout" || last === "turn";
  if (typeof value === "number" && isTime) return `; write a unit, as in \`${last}: ${value}s\``;
  if (typeof value === "string") {
    const choices = choicesAt(path);
    const meant = nearest(value, choices);
    if (meant !== null && meant !== value) return `; did you mean \`${meant}\`?`;
  }
  return "";
}

function choicesAt(path: Path): readonly string[] {
  if (matchesPattern("agents.*.driver", path)) return ["command", "terminal"];
  if (matchesPattern("agents.*.transport", path)) return ["headless", "tmux"];
  if (matchesPattern("agents.*.autonomy", path)) return ["full", "edits", "ask"];
  if (matchesPattern("landing.mode", path)) return ["merge", "squash", "none"];
  if (matchesPattern("landing.scope", path)) return ["report", "strict"];
  if (matchesPattern("prompts.style", path)) return ["headings", "xml"];
  return matchesPattern("goal.*", path) ? ["queue", "gates"] : [];
}

/** A task as one place of a document tells it, before ids are given and duplicates are merged. */

import { type Brief, emptyBrief } from "../domain/brief.ts";
import { parseAgentName } from "../domain/id.ts";
import type { Priority } from "../domain/task.ts";
import { oneLine } from "./blocks.ts";
import type { PlanWarning } from "./plan.ts";
import { isNone, isPlaceholder, isPlaceholderId, plainWords, type StateWord } from "./words.ts";

/** `report`: a section that only says how a task went; it makes no task of its own. */
export type Place = "section" | "list" | "table" | "queue" | "report";

/** The lower, the more a place says of its task. */
export const ranks: Readonly<Record<Place, number>> = {
  section: 0,
  queue: 0,
  list: 1,
  table: 2,
  report: 3,
};

/** `null` and empty lists: this place does not say. */
export interface Found {
  readonly place: Place;
  /** Names that the document gives it, the one to be its id first. */
  readonly names: readonly string[];
  /** A bare number, `3` or `1.2`, by which the document knows it. */
  readonly number: string | null;
  readonly title: string;
  readonly priority: Priority | null;
  readonly agent: string | null;
  readonly role: string | null;
  readonly state: StateWord | null;
  /** As written: ids, aliases, `#2`. */
  readonly deps: readonly string[];
  /** Found tasks that come first: its subtasks, and in ordered lists those before it. */
  readonly after: readonly Found[];
  readonly skills: readonly string[];
  readonly phase: string | null;
  readonly estimate: string | null;
  readonly touches: readonly string[];
  readonly verify: readonly string[];
  readonly brief: Brief;
  readonly line: number;
}

/** What a place says of its task, while it is being read. */
export type Facts = { -readonly [Field in keyof Found]?: Found[Field] };

export function foundAt(place: Place, line: number): Found {
  return {
    place,
    names: [],
    number: null,
    title: "",
    priority: null,
    agent: null,
    role: null,
    state: null,
    deps: [],
    after: [],
    skills: [],
    phase: null,
    estimate: null,
    touches: [],
    verify: [],
    brief: emptyBrief,
    line,
  };
}

export type Warn = (warning: PlanWarning) => void;

/** Chosen: longer titles are no titles; the rest stands in the brief's objective. */
const longestTitle = 300;

/** A title on one line, and what of it was too long to be one. */
export function cutTitle(text: string): { readonly title: string; readonly rest: string } {
  const title = oneLine(text);
  if (title.length <= longestTitle) return { title, rest: "" };
  return { title: `${title.slice(0, longestTitle - 1).trimEnd()}…`, rest: title };
}

const sign = String.raw`[\p{Extended_Pictographic}\p{So}\uFE0F\u200D\s]`;
const leadingSigns = new RegExp(`^${sign}+(?=\\S)`, "u");
// From the first of a row only: to try each of them takes the square of their number.
const trailingSigns = new RegExp(`(?<!${sign})${sign}+$`, "u");

/** The text without emoji, check marks and the like before and after it. */
export function trimSigns(text: string): string {
  return text.replace(leadingSigns, "").replace(trailingSigns, "").trim();
}

/** `3`, `#3`, `1.2`: the number as text, else `null`. */
export function numberIn(text: string): string | null {
  return /^#?(\d{1,9}(?:\.\d{1,9}){0,5})\.?$/.exec(text.trim())?.[1] ?? null;
}

/** Name or number from a text that is meant as an id. */
export function identify(text: string): Pick<Found, "names" | "number"> {
  const id = text.replace(/[`*]/g, "").trim();
  if (isPlaceholderId(id)) return { names: [], number: null };
  const number = numberIn(id);
  return number === null ? { names: [id], number: null } : { names: [], number };
}

/**
 * The agent in a text such as `AMP (moi-même)`, `@codex` or `Claude Code`, in lower case; `null`
 * for nobody. Of several the first is taken, with a warning.
 */
export function agentIn(text: string, line: number, warn: Warn): string | null {
  const bare = text.replace(/\([^()]*\)|\[[^[\]]*\]/g, " ").replace(/[`*@]/g, "");
  const [first = "", ...others] = bare
    .split(/[,;/&+|]|\s(?:and|et|or|ou)\s/u)
    .map((part) => trimSigns(part))
    .filter((part) => part !== "");
  if (isPlaceholder(text) || isNone(first)) return null;
  if (others.length > 0) {
    warn({
      line,
      says: `Several agents are named (${oneLine(text)}): the task is pinned to the first.`,
    });
  }
  const words = first.toLowerCase().replace(/\s+(?:code|cli)$/, "");
  const name = parseAgentName(plainWords(words).replace(/ /g, "-"));
  const asWritten = parseAgentName(words);
  if (name === null && asWritten === null) {
    warn({ line, says: `\`${oneLine(text).slice(0, 80)}\` cannot be the name of an agent.` });
  }
  return asWritten ?? name;
}

/** `T-1, #2 et AUTO-3` as its parts. Prose among them is warned of, and left out. */
export function depsIn(text: string, line: number, warn: Warn): readonly string[] {
  const deps: string[] = [];
  for (const part of text.split(/[,;&+]|\s(?:and|et)\s/u)) {
    const piece = part.replace(/[`*]/g, "").trim();
    if (isNone(piece)) continue;
    const words = piece.split(/\s+/).map((word) => word.replace(/[()[\]:.]+$|^[([]+/g, ""));
    const ids = words.length === 1 ? words : words.filter((word) => /\d/.test(word));
    const usable = ids.filter((word) => /^#?[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(word));
    deps.push(...usable);
    if (usable.length === 0) {
      warn({ line, says: `No id of a task was found in \`${piece.slice(0, 80)}\`.` });
    }
  }
  return deps;
}

/** Values that are written with commas, backticks and stray blanks. */
export function listIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) =>
      part
        .trim()
        .replace(/^`+|`+$/g, "")
        .trim(),
    )
    .filter((part) => part !== "" && !isNone(part));
}

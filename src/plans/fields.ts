/**
 * A task as named values, as a JSON queue and the YAML below an item give it. Names are
 * `id`, `title`, `description`, `priority`, `agent`, `depends_on`, `aliases`, `role`, `skills`,
 * `phase`, `estimate`, `touches`, `verify` and `brief`; others are let be. A value of the wrong
 * kind is a warning, and left out.
 */

import { type Brief, emptyBrief } from "../domain/brief.ts";
import { agentIn, type Facts, numberIn, type Warn } from "./found.ts";
import { priorityOf } from "./words.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface Place {
  readonly line: number;
  readonly warn: Warn;
}

/** Only what is there: absent names give absent facts. */
export function readFields(fields: Fields, place: Place): Facts {
  const facts: Facts = {};
  const id = wordIn(fields, "id", place);
  const number = id === null ? null : numberIn(id);
  if (number !== null) facts.number = number;
  const names = [
    ...(id === null || number !== null ? [] : [id]),
    ...(listOf(fields, "aliases", place) ?? []),
  ];
  if (names.length > 0) facts.names = names;
  const priority = wordIn(fields, "priority", place);
  if (priority !== null) facts.priority = priorityIn(priority, place);
  const agent = wordIn(fields, "agent", place);
  if (agent !== null) facts.agent = agentIn(agent, place.line, place.warn);
  const deps = listOf(fields, "depends_on", place) ?? listOf(fields, "deps", place);
  if (deps !== null) facts.deps = deps;
  for (const name of ["role", "phase", "estimate"] as const) {
    const value = wordIn(fields, name, place);
    if (value !== null) facts[name] = value;
  }
  for (const name of ["skills", "touches", "verify"] as const) {
    const value = listOf(fields, name, place);
    if (value !== null) facts[name] = value;
  }
  const title = wordIn(fields, "title", place);
  const description = wordIn(fields, "description", place);
  const text = title ?? description;
  if (text !== null) facts.title = text;
  const brief = briefIn(fields, place);
  if (brief !== null) facts.brief = brief;
  else if (title !== null && description !== null) {
    facts.brief = { ...emptyBrief, objective: description, raw: description };
  }
  const answers = answersIn(fields, place);
  if (answers.length > 0) {
    const { answers: known = [], ...others } = facts.brief ?? emptyBrief;
    facts.brief = { ...others, answers: [...known, ...answers] };
  }
  return facts;
}

function priorityIn(text: string, place: Place) {
  const priority = priorityOf(text);
  if (priority === null) place.warn({ line: place.line, says: `\`${text}\` is no priority.` });
  return priority;
}

const textFields = ["context", "objective", "raw"] as const;
const listFields = [
  "files",
  "instructions",
  "constraints",
  "deliverables",
  "acceptance",
  "tests",
] as const;

function briefIn(fields: Fields, place: Place): Brief | null {
  const { brief } = fields;
  if (brief === undefined || brief === null) return null;
  if (typeof brief === "string") return { ...emptyBrief, raw: brief };
  if (!isFields(brief)) return refuse("brief", place);
  const read = { ...emptyBrief };
  const known: { -readonly [Field in keyof Brief]: Brief[Field] } = read;
  for (const name of textFields) known[name] = textIn(brief, name, place) ?? "";
  for (const name of listFields) known[name] = listOf(brief, name, place) ?? [];
  const answers = answersIn(brief, place);
  return answers.length > 0 ? { ...known, answers } : known;
}

/** `database: postgres` is a text in quotes, and without them a table of one row. */
function answersIn({ answers }: Fields, place: Place): readonly string[] {
  const values: readonly unknown[] = Array.isArray(answers) ? answers : [answers ?? []].flat();
  return values.flatMap((value) => {
    if (typeof value === "string") return [value];
    if (!isFields(value)) return refuse("answers", place) ?? [];
    return Object.entries(value).flatMap(([words, answer]) => {
      const isWord = ["string", "number", "boolean"].includes(typeof answer);
      return isWord ? [`${words}: ${String(answer)}`] : (refuse("answers", place) ?? []);
    });
  });
}

/** A short text without blanks around it; `null` when it says nothing. */
function wordIn(fields: Fields, name: string, place: Place): string | null {
  const text = textIn(fields, name, place)?.trim() ?? "";
  return text === "" ? null : text;
}

function textIn(fields: Fields, name: string, place: Place): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : refuse(name, place);
}

/** One text stands for a list of one. */
function listOf(fields: Fields, name: string, place: Place): readonly string[] | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.flatMap((each) => {
    if (typeof each === "string" || typeof each === "number") return [String(each)];
    return refuse(name, place) ?? [];
  });
  return texts;
}

function refuse(name: string, { line, warn }: Place): null {
  warn({
    line,
    says: `The value of \`${name}\` is of a kind that is not understood, and left out.`,
  });
  return null;
}

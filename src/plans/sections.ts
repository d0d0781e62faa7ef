/**
 * A task as a section: a heading that begins with an id (`### 🔴 TODO-POB-001 [HAUTE] → AMP`), with
 * facts or a prompt below it. A heading without an id is a task only when two facts of a task, or
 * an `**ID**`, stand under it.
 */

import type { Priority } from "../domain/task.ts";
import type { Block, Heading } from "./blocks.ts";
import { type Body, type BodySource, type Keys, readBody, readKeys } from "./body.ts";
import { agentIn, cutTitle, type Found, foundAt, identify, trimSigns } from "./found.ts";
import { phaseAbove, type Section } from "./outline.ts";
import { joined } from "./prompt-brief.ts";
import {
  isOnlyState,
  isPlaceholder,
  type Key,
  priorityEmojiOf,
  priorityOf,
  stateOf,
} from "./words.ts";

export interface TaskHeading {
  readonly names: readonly string[];
  readonly number: string | null;
  readonly title: string;
  /** As written after an arrow. */
  readonly agent: string;
  readonly priority: Priority | null;
}

const headingId =
  /^\[?([\p{Lu}][\p{Lu}\p{N}]*(?:[-_][\p{Lu}\p{N}]+)*-\d+[a-z]?|T\d{3,})\]?(?=$|[\s:.,—–|([])/u;
const headingNumber =
  /^(?:task|tâche|tache|todo|ticket)\s*#?(\d{1,6})(?=$|[\s:.,—–-])|^#(\d{1,6})\b/iu;
const arrow = /(?:→|➜|⇒|->|=>)\s*(\S.*)$/u;

export function readTaskHeading(text: string): TaskHeading {
  const bare = trimSigns(text);
  const [idText = "", id = ""] = headingId.exec(bare) ?? [];
  const [numberText = "", ...numbers] = id === "" ? (headingNumber.exec(bare) ?? []) : [];
  const number = numbers.find((digits) => digits !== undefined) ?? null;
  const named = id === "" ? { names: [], number } : identify(id);
  let rest = bare.slice((idText || numberText).length);
  const isNamed = named.names.length > 0 || named.number !== null;
  const [arrowText = "", agent = ""] = isNamed ? (arrow.exec(rest) ?? []) : [];
  rest = rest.slice(0, rest.length - arrowText.length).trim();
  const [levelText = "", level = ""] = /^\[([^\]]{1,40})\]/.exec(rest) ?? [];
  const priority = level === "" ? null : priorityOf(level);
  if (priority !== null) rest = rest.slice(levelText.length);
  return {
    ...named,
    title: trimSigns(rest.replace(/^[\s:.|—–-]+/u, "")),
    agent,
    priority: priority ?? priorityEmojiOf(text.slice(0, text.length - bare.length + 2)),
  };
}

const taskKeys: readonly Key[] = [
  "priority",
  "agent",
  "status",
  "estimate",
  "deps",
  "role",
  "skills",
];

/** Is the section a task, or a report about one? */
export function isTaskSection(section: Section, source: BodySource): boolean {
  const { heading } = section;
  if (heading === null) return false;
  const named = readTaskHeading(heading.text);
  if (isReport(named)) return true;
  return isTask(named, readKeys(section.blocks, source), heading.depth);
}

/** The task of a section for which `isTaskSection` holds, with the sections below it. */
export function readTaskSection(
  section: Section & { readonly heading: Heading },
  below: readonly Section[],
  source: BodySource,
): Found {
  const named = readTaskHeading(section.heading.text);
  const line = section.heading.span.line;
  if (isReport(named)) {
    const { names, number } = named;
    return { ...foundAt("report", line), names, number, state: stateOf(named.title) };
  }
  const blocks: Block[] = [...section.blocks];
  for (const each of below) {
    if (each.heading !== null) blocks.push(each.heading);
    blocks.push(...each.blocks);
  }
  return fromBody(named, readBody(blocks, source), { section, line, source });
}

function isNamed({ names, number }: TaskHeading): boolean {
  return names.length > 0 || number !== null;
}

function isReport(named: TaskHeading): boolean {
  return isNamed(named) && isOnlyState(named.title);
}

function isTask(named: TaskHeading, read: Keys, depth: number): boolean {
  if (isPlaceholder(named.title) && named.title !== "") return false;
  const facts = taskKeys.filter((key) => read.keys.has(key)).length;
  const hasId = (read.facts.names?.length ?? 0) > 0 || (read.facts.number ?? null) !== null;
  if (isNamed(named)) return facts > 0 || hasId || read.hasPrompt || named.agent !== "";
  // `**ID**: TASK-[XXX]` is a key without an id: the section is a template.
  if (read.keys.has("id") && !hasId) return false;
  return hasId ? facts > 0 || read.hasPrompt : depth > 1 && facts >= 2;
}

function fromBody(
  named: TaskHeading,
  body: Body,
  at: { readonly section: Section; readonly line: number; readonly source: BodySource },
): Found {
  const { facts, brief } = body;
  const wanted = firstLine(brief.objective) || firstLine(brief.instructions[0] ?? "");
  const written = named.title || facts.title || wanted;
  const { title, rest } = cutTitle(written || named.names[0] || named.number || "");
  const agent = named.agent === "" ? null : agentIn(named.agent, at.line, at.source.warn);
  return {
    ...foundAt("section", at.line),
    phase: phaseAbove(at.section),
    ...facts,
    names: [...new Set([...(facts.names ?? []), ...named.names])],
    number: facts.number ?? named.number,
    title,
    priority: facts.priority ?? named.priority,
    agent: facts.agent ?? agent,
    brief: rest === "" ? brief : { ...brief, objective: joined(rest, brief.objective) },
  };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

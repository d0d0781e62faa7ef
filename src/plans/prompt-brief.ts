/**
 * The text of a prompt, split into the fields of a brief: by tags (`<context>…</context>`), by
 * rules (`=== CONTEXTE ===`), headings, or labels on a line of their own (`TÂCHES:`). Words before
 * the first label say what is wanted: they are the objective. What stands in a fence inside the
 * prompt is never taken for a label.
 */

import { type Brief, emptyBrief } from "../domain/brief.ts";
import { type Document, itemSource, plainText, sourceOf } from "./blocks.ts";
import { repairFences } from "./fences.ts";
import type { ParseMarkdown } from "./markdown.ts";
import { keyOf, type Label, labelOf } from "./words.ts";

export interface Part {
  readonly label: Label | null;
  /** Of an unknown label its own words, so that nothing is lost. */
  readonly title: string;
  readonly text: string;
}

export interface Prompt {
  readonly brief: Brief;
  /** The parts that say which skills to load. */
  readonly skillsText: string;
}

export function readPrompt(text: string, parse: ParseMarkdown): Prompt {
  const parts = splitTags(text) ?? splitLabels(text);
  let brief: Brief = { ...emptyBrief, raw: text };
  for (const part of parts) brief = addPart(brief, part, parse);
  const named = parts.filter((part) => part.label === "skills");
  return { brief, skillsText: named.map((part) => part.text).join("\n") };
}

/** Puts words where their label says. A label that is not known becomes an instruction. */
export function addPart(brief: Brief, part: Part, parse: ParseMarkdown): Brief {
  const text = part.text.trim();
  if (text === "") return brief;
  switch (part.label) {
    case "context":
      return {
        ...brief,
        context: joined(brief.context, text),
        files: [...brief.files, ...filesIn(text)],
      };
    case "objective":
      return { ...brief, objective: joined(brief.objective, text) };
    case "prompt":
    case null:
      if (part.title === "") return { ...brief, objective: joined(brief.objective, text) };
      return { ...brief, instructions: [...brief.instructions, `${part.title}:\n${text}`] };
    case "skills":
      return { ...brief, constraints: [...brief.constraints, ...itemsIn(parse(text))] };
    default:
      return { ...brief, [part.label]: [...(brief[part.label] ?? []), ...itemsIn(parse(text))] };
  }
}

export function joined(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first}\n\n${second}`;
}

/** Lists item by item, other blocks one by one; words that end in a colon keep what follows them. */
function itemsIn(document: Document): readonly string[] {
  const items: string[] = [];
  let lead: string | null = null;
  const add = (text: string): void => {
    if (text === "") return;
    items.push(lead === null ? text : `${lead}\n${text}`);
    lead = null;
  };
  for (const block of document.blocks) {
    if (block.kind === "list") {
      // Words above a list need no repeating where they are only its name: "Étapes:".
      if (lead !== null && labelOf(lead) === null) items.push(lead);
      lead = null;
      for (const item of block.items) add(itemSource(document, item));
    } else if (block.kind === "paragraph" && plainText(block).endsWith(":")) {
      if (lead !== null) items.push(lead);
      lead = sourceOf(document, block.span);
    } else add(sourceOf(document, block.span));
  }
  if (lead !== null) items.push(lead);
  return items;
}

/** `null`: the text has no tag of a field. Tags may stand one in the other; the outer one counts. */
function splitTags(text: string): readonly Part[] | null {
  const parts: Part[] = [];
  const neverClosed = new Set<string>();
  const opening = /<([A-Za-z][A-Za-z_-]{0,40})>/g;
  let rest = "";
  let from = 0;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const [whole, tag = ""] = found;
    const label = labelOf(tag);
    if (label === null || neverClosed.has(tag)) continue;
    const start = found.index + whole.length;
    const end = text.indexOf(`</${tag}>`, start);
    if (end < 0) {
      neverClosed.add(tag);
      continue;
    }
    rest += text.slice(from, found.index);
    parts.push({ label, title: tag, text: text.slice(start, end) });
    from = end + tag.length + 3;
    opening.lastIndex = from;
  }
  if (parts.length === 0) return null;
  rest = (rest + text.slice(from)).replace(/<\/[A-Za-z][A-Za-z_-]{0,40}>/g, "");
  const outside = splitLabels(rest).filter((part) => part.text.trim() !== "");
  return [...outside, ...parts];
}

function splitLabels(text: string): readonly Part[] {
  const lines = text.split("\n");
  const parts: { label: Label | null; title: string; lines: string[] }[] = [
    { label: null, title: "", lines: [] },
  ];
  const { fences } = repairFences(lines);
  let fence = 0;
  for (const [index, line] of lines.entries()) {
    while (index > (fences[fence]?.close ?? lines.length)) fence += 1;
    const isCode = index >= (fences[fence]?.open ?? lines.length);
    const label = isCode ? null : labelLine(line);
    if (label === null) parts.at(-1)?.lines.push(line);
    else if (label.isMeta) continue;
    else parts.push({ label: label.label, title: label.title, lines: [label.value] });
  }
  return parts.map(({ label, title, lines: own }) => ({ label, title, text: own.join("\n") }));
}

interface LabelLine {
  readonly label: Label | null;
  readonly title: string;
  readonly value: string;
  /** It says who or how urgent, not what: read elsewhere, and left out of the brief. */
  readonly isMeta: boolean;
}

function labelLine(line: string): LabelLine | null {
  if (line.length > 200) return null;
  const [, rule] = /^\s*={2,}\s*([^=]+?)\s*={2,}\s*$/.exec(line) ?? [];
  if (rule !== undefined) return made(rule, "");
  const [, heading] = /^#{1,6}\s+(\S.*)$/.exec(line) ?? [];
  if (heading !== undefined) return made(heading.replace(/:$/, ""), "");
  const [, strong, strongValue = ""] = /^\*\*([^*]+?):?\*\*\s*:?\s*(.*)$/.exec(line) ?? [];
  if (strong !== undefined) return labelOf(strong) === null ? null : made(strong, strongValue);
  const [, words = "", value = ""] = /^([\p{L}][^:]{0,60}):(?:\s+(.*))?$/u.exec(line) ?? [];
  if (words === "") return null;
  const isLoud = words === words.toUpperCase() && /\p{Lu}{2}/u.test(words);
  if (value.trim() === "") return isLoud || labelOf(words) !== null ? made(words, "") : null;
  if (!isLoud) return null;
  if (labelOf(words) !== null) return made(words, value);
  return keyOf(words) === null ? null : { label: null, title: words, value, isMeta: true };
}

function made(title: string, value: string): LabelLine {
  return { label: labelOf(title), title: title.trim(), value, isMeta: false };
}

/** Paths on a line such as `Fichiers existants: a.rs, b.rs`. */
function filesIn(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [, words = "", value = ""] = /^[\s*-]*([\p{L}][^:]{0,40}):\s+(\S.*)$/u.exec(line) ?? [];
    if (labelOf(words) !== "files") return [];
    return value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => /^[^\s]+(?:\/|\.\w)/.test(part));
  });
}

/**
 * What stands below a task's heading or item, read into facts (`**Agent**: codex`) and a brief.
 * A label (`**Tâches**:`, a sub-heading, `Context:`) says which field the blocks after it belong
 * to; blocks before any label are instructions.
 */

import { type Brief, emptyBrief } from "../domain/brief.ts";
import {
  type Block,
  type Code,
  type Document,
  type Item,
  lineText,
  type Paragraph,
  sourceOf,
  type TextLine,
} from "./blocks.ts";
import { agentIn, depsIn, type Facts, identify, listIn, type Warn } from "./found.ts";
import type { ParseMarkdown } from "./markdown.ts";
import { addPart, joined, type Part, readPrompt } from "./prompt-brief.ts";
import { skillsIn } from "./skills.ts";
import { isNone, type Key, keyOf, labelOf, priorityOf, stateOf } from "./words.ts";

export interface Keys {
  readonly facts: Facts;
  /** The keys that said something. */
  readonly keys: ReadonlySet<Key>;
  readonly hasPrompt: boolean;
}

export interface Body {
  readonly facts: Facts;
  readonly brief: Brief;
}

export interface BodySource {
  readonly document: Document;
  readonly parse: ParseMarkdown;
  readonly warn: Warn;
}

export function readBody(blocks: readonly Block[], source: BodySource): Body {
  const reader = new BodyReader(source);
  for (const block of blocks) reader.read(block);
  return reader.body(blocks);
}

/** Only the facts, without the brief and without a warning: is this a task at all? */
export function readKeys(blocks: readonly Block[], source: BodySource): Keys {
  const reader = new BodyReader({ ...source, warn: () => {} });
  for (const block of blocks) reader.read(block);
  return reader.keys();
}

/** One reading, from the first block to the last. */
class BodyReader {
  readonly #source: BodySource;
  readonly #facts: Facts = {};
  readonly #keys = new Set<Key>();
  readonly #parts: { label: Part["label"]; title: string; text: string }[] = [
    { label: "instructions", title: "", text: "" },
  ];
  readonly #skillsNamed: string[] = [];
  readonly #prompts: string[] = [];

  constructor(source: BodySource) {
    this.#source = source;
  }

  read(block: Block): void {
    switch (block.kind) {
      case "heading":
        this.#begin(labelOf(block.text), block.text.replace(/\s*:$/, ""));
        break;
      case "paragraph":
        this.#readParagraph(block);
        break;
      case "list":
        for (const item of block.items) this.#readItem(item);
        this.#append("");
        break;
      case "code":
        this.#readCode(block);
        break;
      case "table":
        this.#append(`${sourceOf(this.#source.document, block.span)}\n`);
        break;
    }
  }

  body(blocks: readonly Block[]): Body {
    const { document, parse } = this.#source;
    let brief: Brief = emptyBrief;
    for (const part of this.#parts) brief = addPart(brief, part, parse);
    let skillsText = this.#parts
      .filter((part) => part.label === "skills")
      .map((part) => part.text)
      .join("\n");
    for (const text of this.#prompts) {
      const prompt = readPrompt(text, parse);
      skillsText += `\n${prompt.skillsText}`;
      brief = joinBriefs(brief, prompt.brief);
    }
    const own = blocks.map((block) => sourceOf(document, block.span)).join("\n\n");
    const raw = this.#prompts.length > 0 ? this.#prompts.join("\n\n") : own;
    const skills = skillsIn({ named: this.#skillsNamed, skillsText, prompt: raw });
    const facts = skills.length > 0 ? { ...this.#facts, skills } : this.#facts;
    return { facts, brief: { ...brief, raw } };
  }

  keys(): Keys {
    return { facts: this.#facts, keys: this.#keys, hasPrompt: this.#prompts.length > 0 };
  }

  #readParagraph(paragraph: Paragraph): void {
    for (const line of paragraph.lines) this.#readLine(line);
    this.#append("");
  }

  #readLine(line: TextLine): void {
    if (line.key === null) {
      const label = /^[^:]{1,60}:$/.test(line.text) ? labelOf(line.text) : null;
      if (label !== null) this.#begin(label, line.text);
      else if (!this.#takeFact(splitKey(line))) this.#append(this.#sourceLine(line));
      return;
    }
    if (this.#takeFact(line)) return;
    const label = labelOf(line.key);
    if (label === null && line.text !== "") {
      this.#append(lineText(line));
      return;
    }
    this.#begin(label, line.key);
    this.#append(line.text);
  }

  /** An item that is one line with a key is a fact; any other belongs to the part it stands in. */
  #readItem(item: Item): void {
    const [only, ...others] = item.blocks;
    const [line, ...lines] = only?.kind === "paragraph" ? only.lines : [];
    const isLine = lines.length === 0 && others.length === 0 && item.checked === null;
    // What answers a question is no fact of the task, whatever its words are.
    if (line !== undefined && isLine && this.#parts.at(-1)?.label !== "answers") {
      if (this.#takeFact(line.key === null ? splitKey(line) : line)) return;
      const label = line.key === null ? null : labelOf(line.key);
      if (label !== null && line.key !== null && line.text !== "") {
        const { label: before, title } = this.#parts.at(-1) ?? { label: null, title: "" };
        this.#begin(label, line.key);
        this.#append(`- ${line.text}`);
        this.#begin(before, title);
        return;
      }
    }
    this.#append(sourceOf(this.#source.document, item.span));
  }

  #readCode(code: Code): void {
    const part = this.#parts.at(-1);
    const isPrompt = part?.label === "prompt" || isTaggedPrompt(code);
    if (isPrompt && code.value.trim() !== "") {
      this.#prompts.push(code.value);
      this.#begin("instructions", "");
      return;
    }
    this.#append(`${sourceOf(this.#source.document, code.span)}\n`);
  }

  #takeFact(line: TextLine): boolean {
    const { key: words, text } = line;
    const key = words === null ? null : keyOf(words);
    if (key === null || words === null || text === "") return false;
    const { warn } = this.#source;
    switch (key) {
      case "id": {
        const { names, number } = identify(text);
        this.#facts.names = [...(this.#facts.names ?? []), ...names];
        if (number !== null) this.#facts.number = number;
        break;
      }
      case "priority":
        this.#facts.priority = priorityOf(text);
        if (this.#facts.priority === null) {
          warn({ line: line.line, says: `\`${text.slice(0, 80)}\` is no priority.` });
        }
        break;
      case "agent":
        this.#facts.agent = agentIn(text, line.line, warn);
        break;
      case "status":
        this.#facts.state = stateOf(text);
        if (this.#facts.state === null) {
          warn({ line: line.line, says: `\`${text.slice(0, 80)}\` is no state.` });
        }
        break;
      case "deps":
        this.#facts.deps = [...(this.#facts.deps ?? []), ...depsIn(text, line.line, warn)];
        break;
      case "skills":
        this.#skillsNamed.push(text);
        break;
      case "role":
        this.#facts.role = isNone(text) ? null : text.replace(/`/g, "").toLowerCase();
        break;
      case "estimate":
        this.#facts.estimate = isNone(text) ? null : text;
        break;
      case "phase":
        this.#facts.phase = isNone(text) ? null : text;
        break;
      case "touches":
        this.#facts.touches = listIn(text);
        break;
      case "title":
        if (labelOf(words) !== null) return false;
        this.#facts.title = text;
        break;
      case "verify":
        // Prose is no structured form: a command in it is a proposal, kept among the criteria.
        return false;
    }
    this.#keys.add(key);
    return true;
  }

  #begin(label: Part["label"], title: string): void {
    this.#parts.push({ label, title, text: "" });
  }

  #append(text: string): void {
    const part = this.#parts.at(-1);
    if (part !== undefined) part.text += `${text}\n`;
  }

  #sourceLine(line: TextLine): string {
    return this.#source.document.lines[line.line - 1]?.trim() ?? line.text;
  }
}

/** `Agent: codex` without emphasis: only keys that are known count, so prose stays prose. */
function splitKey(line: TextLine): TextLine {
  const [, key, text = ""] = /^([\p{L}][\p{L} _-]{1,30}?)\s*:\s+(\S.*)$/u.exec(line.text) ?? [];
  return key === undefined ? line : { key, text, line: line.line };
}

function isTaggedPrompt({ lang, value }: Code): boolean {
  const isText = lang === "" || lang === "xml" || lang === "text" || lang === "txt";
  return isText && /<(?:task|context|objective|instructions|deliverables)>/.test(value);
}

function joinBriefs(first: Brief, second: Brief): Brief {
  const answers = [...(first.answers ?? []), ...(second.answers ?? [])];
  return {
    context: joined(first.context, second.context),
    objective: joined(first.objective, second.objective),
    files: [...first.files, ...second.files],
    instructions: [...first.instructions, ...second.instructions],
    constraints: [...first.constraints, ...second.constraints],
    deliverables: [...first.deliverables, ...second.deliverables],
    acceptance: [...first.acceptance, ...second.acceptance],
    tests: [...first.tests, ...second.tests],
    ...(answers.length > 0 ? { answers } : {}),
    raw: second.raw,
  };
}

/**
 * Tasks as items with a box: `- [ ] title`. An item below another is its subtask, and the parent
 * waits for its subtasks, since it is done only when they are. What else stands below an item is
 * its brief. Items of spec-kit (`T012 [P] …`) run in the order of their phase, those marked `[P]`
 * beside each other.
 */

import type { Priority } from "../domain/task.ts";
import {
  type Block,
  type Item,
  type List,
  oneLine,
  type Paragraph,
  plainText,
  sourceOf,
} from "./blocks.ts";
import { type BodySource, readBody } from "./body.ts";
import { cutTitle, type Found, foundAt } from "./found.ts";
import { splitItemTitle } from "./item-title.ts";
import { commentMark } from "./markdown.ts";
import { type Marked, readMarkers } from "./markers.ts";
import { joined } from "./prompt-brief.ts";
import { readStoredTask } from "./stored-task.ts";
import { isPlaceholder } from "./words.ts";

/** How far the ordered tasks of a phase have come. */
interface Order {
  /** The last task that is not beside others. */
  barrier: Found | null;
  /** Those beside each other since then. */
  beside: Found[];
}

export class TaskLists {
  readonly #source: BodySource;
  /** Of spec-kit, by phase. */
  readonly #orders = new Map<string | null, Order>();

  constructor(source: BodySource) {
    this.#source = source;
  }

  /** The tasks of one list, each before its subtasks; `phase` is the heading above. */
  read(list: List, phase: string | null): readonly Found[] {
    const found: Found[] = [];
    for (const item of list.items) this.#readItem(item, { phase, priority: null, found });
    return found;
  }

  #readItem(
    item: Item,
    into: {
      readonly phase: string | null;
      readonly priority: Priority | null;
      readonly found: Found[];
    },
  ): readonly Found[] {
    const [first, ...others] = item.blocks;
    if (item.checked === null || first?.kind !== "paragraph") {
      return listsOf(item.blocks).flatMap((list) =>
        list.items.flatMap((each) => this.#readItem(each, into)),
      );
    }
    const line = item.span.line;
    const split = splitItemTitle(first, this.#source.document);
    const blocks = split.below === null ? others : [split.below, ...others];
    const marked = this.#markedTitle(split.title, line);
    const { title, rest } = cutTitle(marked.title);
    if (isPlaceholder(title) && marked.names === undefined) return [];
    const { parallel, ...facts } = marked;
    const stored = readStoredTask(blocks, this.#source.warn);
    const body = readBody(stored?.blocks ?? blocks.flatMap(withoutTasks), this.#source);
    const said = { ...body.facts, ...facts, ...stored?.facts };
    const priority = said.priority ?? into.priority;
    const place = into.found.length;
    const children = listsOf(blocks).flatMap((list) =>
      list.items.flatMap((each) => this.#readItem(each, { ...into, priority })),
    );
    const brief =
      rest === "" ? body.brief : { ...body.brief, objective: joined(rest, body.brief.objective) };
    const names = [facts.names, stored?.facts.names, body.facts.names];
    const task: Found = {
      ...foundAt("list", line),
      phase: into.phase,
      brief,
      ...said,
      names: [...new Set(names.flatMap((each) => each ?? []))],
      title: oneLine(stored?.facts.title ?? title),
      priority,
      state: item.checked ? "done" : (said.state ?? null),
      after: [...children, ...this.#orderedBefore(parallel, said.phase ?? into.phase)],
    };
    into.found.splice(place, 0, task);
    if (parallel !== null) this.#order(task, parallel);
    return [task];
  }

  /** Markers are read from the author's own text: `src/**` would lose its stars as emphasis. */
  #markedTitle(paragraph: Paragraph, line: number): Marked {
    const words = plainText(paragraph);
    const { document, parse, warn } = this.#source;
    if (!paragraph.hasMarkup || words.includes(commentMark)) {
      return readMarkers(words, { line, warn });
    }
    const source = sourceOf(document, paragraph.span)
      .slice(0, longestText)
      .replace(/^\[[ xX]\]\s+/, "")
      .replace(/\s+/g, " ");
    const plain = (body: string): string => {
      const markers = source.slice(body.length).trim();
      // Markers without markup end the plain text too: most need no second look.
      if (words.endsWith(markers)) return words.slice(0, words.length - markers.length).trimEnd();
      const [block] = parse(body).blocks;
      return block?.kind === "paragraph" ? plainText(block) : body;
    };
    return readMarkers(source, { line, warn, plain });
  }

  #orderedBefore(parallel: boolean | null, phase: string | null): readonly Found[] {
    const order = this.#orders.get(phase);
    if (parallel === null || order === undefined) return [];
    const { barrier, beside } = order;
    if (!parallel && beside.length > 0) return beside;
    return barrier === null ? [] : [barrier];
  }

  #order(task: Found, parallel: boolean): void {
    const order = this.#orders.get(task.phase) ?? { barrier: null, beside: [] };
    this.#orders.set(task.phase, order);
    if (parallel) order.beside.push(task);
    else {
      order.barrier = task;
      order.beside = [];
    }
  }
}

/** Chosen: what a title and its markers may come to. */
const longestText = 10_000;

export function hasTasks(list: List): boolean {
  return list.items.some(
    (item) => item.checked !== null || listsOf(item.blocks).some((inner) => hasTasks(inner)),
  );
}

function listsOf(blocks: readonly Block[]): readonly List[] {
  return blocks.filter((block) => block.kind === "list");
}

/** Items that are tasks of their own are no part of the brief above them. */
function withoutTasks(block: Block): readonly Block[] {
  if (block.kind !== "list") return [block];
  const items = block.items.filter((item) => item.checked === null);
  return items.length === 0 ? [] : [{ ...block, items }];
}

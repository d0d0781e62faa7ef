/**
 * The task queue as JSON: `{"current_orchestrator", "task_queue": {pending, in_progress,
 * completed, blocked}}`. `docs/plans.md` gives the items. Tasks of other lists (`cancelled`,
 * `skipped`, as temoin exports them) are not taken up.
 */

import { oneLine } from "./blocks.ts";
import { isFields, readFields } from "./fields.ts";
import { type Found, foundAt, type Warn } from "./found.ts";
import type { StateWord } from "./words.ts";

const lists: readonly (readonly [name: string, state: StateWord])[] = [
  ["pending", "queued"],
  ["in_progress", "queued"],
  ["blocked", "needs_human"],
  ["completed", "done"],
];

/** `null`: the value is no queue. */
export function readQueue(value: unknown, text: string, warn: Warn): readonly Found[] | null {
  const queue = isFields(value) ? value["task_queue"] : undefined;
  if (!isFields(queue)) return null;
  const lineOf = lineFinder(text);
  return lists.flatMap(([name, state]) => {
    const items = queue[name];
    if (items === undefined || items === null) return [];
    if (Array.isArray(items))
      return items.flatMap((item) => readItem(item, { state, lineOf, warn }));
    warn({ line: lineOf(name), says: `\`${name}\` is no list, and left out.` });
    return [];
  });
}

interface Reading {
  readonly state: StateWord;
  readonly lineOf: (text: string) => number;
  readonly warn: Warn;
}

function readItem(item: unknown, { state, lineOf, warn }: Reading): readonly Found[] {
  if (!isFields(item)) {
    warn({
      line: 1,
      says: `An item of the queue is no object but a ${typeof item}, and left out.`,
    });
    return [];
  }
  const line = lineOf(String(item["id"] ?? item["title"] ?? item["description"] ?? ""));
  const facts = readFields(item, { line, warn });
  const title = oneLine(facts.title ?? "");
  if (title === "") {
    warn({ line, says: "An item of the queue has neither a title nor a description." });
    return [];
  }
  return [{ ...foundAt("queue", line), ...facts, title, state }];
}

/** The line of a value by its text. Items come in the order of the file, so one search suffices. */
function lineFinder(text: string): (value: string) => number {
  let at = 0;
  let line = 1;
  return (value) => {
    const found = text.indexOf(JSON.stringify(value), at);
    if (value === "" || found < 0) return line;
    for (let next = text.indexOf("\n", at); next >= 0 && next < found; ) {
      line += 1;
      at = next + 1;
      next = text.indexOf("\n", at);
    }
    at = found;
    return line;
  };
}

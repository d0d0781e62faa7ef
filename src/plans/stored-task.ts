/**
 * What a task has beside its title, written as YAML in a fence below its item: the form in which
 * `export.ts` writes a task, so that every word of it can be read back.
 */

import { Document, parseDocument, Scalar, visit } from "yaml";
import type { Block } from "./blocks.ts";
import { type Fields, isFields, readFields } from "./fields.ts";
import type { Facts, Warn } from "./found.ts";

/** What follows the three backticks. */
const fenceInfo = { lang: "yaml", meta: "task" } as const;

export interface StoredTask {
  readonly facts: Facts;
  /** The blocks that stand beside the fence. */
  readonly blocks: readonly Block[];
}

/** `null` where there is no such fence. */
export function readStoredTask(blocks: readonly Block[], warn: Warn): StoredTask | null {
  const fence = blocks.find(
    (block) =>
      block.kind === "code" && block.lang === fenceInfo.lang && block.meta === fenceInfo.meta,
  );
  if (fence?.kind !== "code") return null;
  const { line } = fence.span;
  const others = blocks.filter((block) => block !== fence);
  const fields = parseFields(fence.value);
  if (fields === null) {
    warn({ line, says: "This fence holds no YAML of a task; only the item's own line is read." });
    return { facts: {}, blocks: others };
  }
  return { facts: readFields(fields, { line, warn }), blocks: others };
}

/** The lines of a fence that `readStoredTask` reads as `fields`. */
export function storedTaskLines(fields: Fields): readonly string[] {
  const yaml = yamlOf(fields);
  const longest = Math.max(2, ...[...yaml.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${fenceInfo.lang} ${fenceInfo.meta}`, ...yaml.split("\n"), fence];
}

/**
 * Long lines are not folded: what was one line in a brief stays one to look at. Texts with lines
 * of blanks are quoted, since Markdown takes such blanks away.
 */
function yamlOf(fields: Fields): string {
  const document = new Document(fields);
  visit(document, {
    Scalar(_key, node) {
      const hasBlanks = typeof node.value === "string" && /^[ \t]+$/m.test(node.value);
      if (hasBlanks) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const options = { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  return document.toString(options).replace(/\n$/, "");
}

/** The end of the last line belongs to the value where a text ends in blank lines. */
function parseFields(text: string): Fields | null {
  if (text.length > longestText) return null;
  try {
    const document = parseDocument(`${text}\n`, { logLevel: "silent" });
    if (document.errors.length > 0) return null;
    // Aliases could make a small text a large value; temoin itself writes none.
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return isFields(value) ? value : null;
  } catch {
    // It has aliases, or more levels than the stack: not what temoin writes.
    return null;
  }
}

/** Chosen: far more than a brief, and read within a second. */
const longestText = 500_000;

/** A rule that a person gives with an answer, into the text of temoin.yaml; all else stays as it is. */

import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, type Pair, parseDocument, stringify, type YAMLMap } from "yaml";
import type { AskRule } from "../domain/ask-rule.ts";
import { AppError } from "../lib/app-error.ts";
import { askRules, writtenRule } from "./ask-rule-schema.ts";
import { isRecord } from "./path.ts";

export interface RuleAdded {
  readonly text: string;
  /** The lines of the file that are new, in its order; none: the rule is there already. */
  readonly lines: readonly string[];
}

/** Rejects with an AppError `config` where the file is not shaped so that it could be added. */
export function addRule(text: string, list: "allow" | "deny", rule: AskRule): RuleAdded {
  const document = parseDocument(text, { stringKeys: true });
  const value: unknown = document.errors.length === 0 ? document.toJS() : null;
  if (!isRecord(value) || !isMap(document.contents)) {
    throw cannotAdd("it is no map of keys in valid YAML");
  }
  const policy = value["policy"] ?? {};
  if (!isRecord(policy)) throw cannotAdd("its `policy` is no map");
  const before = policy[list] ?? [];
  if (!Array.isArray(before)) throw cannotAdd(`its \`policy.${list}\` is no list`);
  const item = writtenRule(rule);
  if (before.some((one) => JSON.stringify(one) === JSON.stringify(item)))
    return { text, lines: [] };
  // What `loadConfig` refuses would end the next run before it begins.
  const whole = askRules[list].safeParse([...before, item]);
  if (!whole.success) {
    const [first] = whole.error.issues;
    throw cannotAdd(`the rule cannot stand there: ${first?.message ?? "it is none"}`);
  }
  const { at, lines } = placeFor(text, document.contents, { list, line: itemLine(item) });
  const head = text.slice(0, at);
  const gap = head === "" || head.endsWith("\n") ? "" : "\n";
  const after = `${head}${gap}${lines.join("\n")}\n${text.slice(at)}`;
  const again: unknown = parseDocument(after, { stringKeys: true }).toJS();
  // All of it: behind an anchor the same list may stand elsewhere too.
  const wanted = { ...value, policy: { ...policy, [list]: [...before, item] } };
  if (!isDeepStrictEqual(again, wanted)) {
    throw cannotAdd(`its \`policy.${list}\` is not written as a list of lines`);
  }
  return { text: after, lines };
}

interface Wanted {
  readonly list: "allow" | "deny";
  /** Without its indent. */
  readonly line: string;
}

interface Place {
  /** In the text, at the begin of a line. */
  readonly at: number;
  readonly lines: readonly string[];
}

/** After the last rule, else at the head of `policy`, else at the end of the file. */
function placeFor(text: string, top: YAMLMap, { list, line }: Wanted): Place {
  const policy = pairOf(top, "policy");
  if (policy === null) return { at: text.length, lines: ["policy:", `  ${list}:`, `    ${line}`] };
  const held = isMap(policy.value) ? pairOf(policy.value, list) : null;
  if (held !== null && isSeq(held.value) && held.value.items.length > 0 && !held.value.flow) {
    const last: unknown = held.value.items.at(-1);
    const start = isMap(last) || isScalar(last) ? (last.range?.[0] ?? 0) : 0;
    const end = isMap(last) || isScalar(last) ? (last.range?.[1] ?? 0) : 0;
    const indent = indentAt(text, start);
    return { at: lineAfter(text, end), lines: [`${indent}${line}`] };
  }
  const isEmpty = isScalar(policy.value) && policy.value.value === null;
  if (held !== null || (!isEmpty && (!isMap(policy.value) || policy.value.flow))) {
    throw cannotAdd(`its \`policy.${list}\` is not written as a list of lines`);
  }
  const key = isScalar(policy.key) ? (policy.key.range?.[1] ?? 0) : 0;
  const first = isMap(policy.value) ? policy.value.items[0] : undefined;
  const inner =
    first !== undefined && isScalar(first.key) ? indentAt(text, first.key.range?.[0] ?? 0) : "  ";
  return { at: lineAfter(text, key), lines: [`${inner}${list}:`, `${inner}  ${line}`] };
}

function pairOf(map: YAMLMap, name: string): Pair | null {
  return map.items.find(({ key }) => isScalar(key) && key.value === name) ?? null;
}

/** The spaces at the begin of the line in which that character stands. */
function indentAt(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  return /^ */.exec(text.slice(start))?.[0] ?? "";
}

function lineAfter(text: string, at: number): number {
  const end = text.indexOf("\n", Math.max(0, at - 1));
  return end < 0 ? text.length : end + 1;
}

function itemLine(item: Readonly<Record<string, string>>): string {
  return `- ${stringify(item, { lineWidth: 0 }).trimEnd()}`;
}

function cannotAdd(why: string): AppError {
  return new AppError("config", `Cannot add the rule to temoin.yaml: ${why}.`, {
    hint: "Add it by hand; docs/asks.md shows its form.",
  });
}

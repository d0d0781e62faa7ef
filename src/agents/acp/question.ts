/**
 * The questions of an agent: a form, whose fields are asked one after the other, and whose answers
 * go back together. Pure.
 */

import type { AgentAsk, Answer } from "../../domain/ask.ts";
import { isRecord } from "../../lib/json-text.ts";
import { plainLine } from "../../lib/process-text.ts";

type Value = string | number | boolean | readonly string[];

interface Field {
  readonly key: string;
  readonly says: string;
  /** By label. */
  readonly choices: ReadonlyMap<string, Value>;
  /** Where words of one's own go; `null`: none are taken. */
  readonly textKey: string | null;
  readonly isNumber: boolean;
}

export type Form = readonly [Field, ...Field[]];

/** A field that takes words beside the choices of the field before it (Claude Code's adapter). */
const besides = "_custom";

/** `null`: it is no form, or has nothing to fill in. */
export function readForm(params: unknown): Form | null {
  if (!isRecord(params) || params["mode"] !== "form") return null;
  const schema = params["requestedSchema"];
  const properties = isRecord(schema) ? schema["properties"] : null;
  if (!isRecord(properties)) return null;
  const message = typeof params["message"] === "string" ? params["message"] : "";
  const keys = Object.keys(properties).filter(
    (key) => !key.endsWith(besides) || !(key.slice(0, -besides.length) in properties),
  );
  const [first, ...rest] = keys.map((key) => readField(key, properties, message));
  return first === undefined ? null : [first, ...rest];
}

export function questionOf(id: string, { says, choices, textKey }: Field): AgentAsk {
  const labels = [...choices.keys()];
  return { id, kind: "question", says, choices: labels, takesText: textKey !== null };
}

/** The part of the form's content that this answer fills in; a text says why it cannot. */
export function fill(field: Field, answer: Answer): Readonly<Record<string, Value>> | string {
  if ("choice" in answer) {
    const value = field.choices.get(answer.choice);
    return value === undefined ? "it offers no such choice" : { [field.key]: value };
  }
  if (field.textKey === null) return "it takes no words, only a choice";
  if (!field.isNumber) return { [field.textKey]: answer.text };
  const value = Number(answer.text);
  return Number.isFinite(value) ? { [field.textKey]: value } : "it takes a number";
}

function readField(
  key: string,
  properties: Readonly<Record<string, unknown>>,
  message: string,
): Field {
  const property = isRecord(properties[key]) ? properties[key] : {};
  const { type } = property;
  const isList = type === "array";
  const from = isList && isRecord(property["items"]) ? property["items"] : property;
  const choices = new Map<string, Value>(
    type === "boolean"
      ? [
          ["Yes", true],
          ["No", false],
        ]
      : choicesOf(from).map(([label, value]) => [label, isList ? [value] : value]),
  );
  const hasWords = `${key}${besides}` in properties;
  const ownWords = choices.size === 0 ? key : null;
  const about = ["description", "title"].flatMap((name) => {
    const value = property[name];
    return typeof value === "string" && value !== "" ? [value] : [];
  });
  const isOnly = Object.keys(properties).filter((name) => !name.endsWith(besides)).length === 1;
  return {
    key,
    says: plainLine((isOnly && message) || about[0] || message || key),
    choices,
    textKey: hasWords ? `${key}${besides}` : ownWords,
    isNumber: !hasWords && (type === "number" || type === "integer"),
  };
}

function choicesOf(property: Readonly<Record<string, unknown>>): readonly [string, string][] {
  const titled = property["oneOf"] ?? property["anyOf"];
  if (Array.isArray(titled)) {
    return titled.flatMap((one: unknown): [string, string][] => {
      if (!isRecord(one) || typeof one["const"] !== "string") return [];
      const title = typeof one["title"] === "string" ? plainLine(one["title"]) : "";
      // "Red — a warm colour": the value itself is short enough to be chosen by.
      const isLong = title === "" || title.startsWith(`${one["const"]} — `);
      return [[isLong ? one["const"] : title, one["const"]]];
    });
  }
  const plain = property["enum"];
  if (!Array.isArray(plain)) return [];
  return plain.flatMap((one: unknown): [string, string][] =>
    typeof one === "string" ? [[one, one]] : [],
  );
}

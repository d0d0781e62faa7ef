/**
 * What people write around the title of a task in a list: an id before it, and after it
 * `(depends on T-1, #2)`, `(role: tests)`, `@codex`, `!high`, `(verify: npm test)` …, in any order.
 * Reading goes from the end backwards and stops at the first thing that is no marker; a comment
 * (`<!-- -->`) ends it too, so that any title can be written.
 */

import { agentIn, depsIn, type Facts, type Found, listIn, numberIn, type Warn } from "./found.ts";
import { commentMark } from "./markdown.ts";
import { keyOf, plainWords, priorityOf, stateOf } from "./words.ts";

export interface Marked extends Partial<Omit<Found, "place" | "after" | "brief" | "line">> {
  readonly title: string;
  /** spec-kit's `[P]`: it may run beside its neighbours. `null`: no item of spec-kit. */
  readonly parallel: boolean | null;
}

interface Reading {
  readonly line: number;
  readonly warn: Warn;
}

/** `plain` takes the markup from what is left when the markers are gone. */
export function readMarkers(
  text: string,
  {
    line,
    warn,
    plain = (words) => words,
  }: Reading & { readonly plain?: (words: string) => string },
): Marked {
  const { body, facts } = takeTrailing(text.trim(), { line, warn });
  const lead = takeLeading(plain(body));
  return { ...lead, ...facts, title: lead.title.replaceAll(commentMark, " ").trim() };
}

/** Does a line of a list end with something said about the task, and so with its title? */
export function endsWithMarker(line: string): boolean {
  const { facts } = takeTrailing(line.trim(), { line: 0, warn: () => {} });
  return Object.keys(facts).length > 0;
}

/** Would the title be read as something else than itself? */
export function isAmbiguous(title: string): boolean {
  const read = readMarkers(title, { line: 0, warn: () => {} });
  return read.title !== title || Object.keys(read).length > 2;
}

function takeTrailing(text: string, reading: Reading): { body: string; facts: Facts } {
  let body = text;
  let facts: Facts = {};
  for (;;) {
    const taken = takeParenthesis(body, reading) ?? takeSign(body, reading);
    if (taken === null) return { body, facts };
    const { deps = [], touches = [], verify = [], skills = [] } = facts;
    facts = { ...taken.facts, ...facts };
    // Written twice, lists add up; the reading goes backwards.
    if (taken.facts.deps) facts.deps = [...taken.facts.deps, ...deps];
    if (taken.facts.touches) facts.touches = [...taken.facts.touches, ...touches];
    if (taken.facts.verify) facts.verify = [...taken.facts.verify, ...verify];
    if (taken.facts.skills) facts.skills = [...taken.facts.skills, ...skills];
    body = taken.body;
  }
}

interface Taken {
  readonly body: string;
  readonly facts: Facts;
}

function takeParenthesis(text: string, reading: Reading): Taken | null {
  const open = openingOfLast(text);
  if (open === null) return null;
  const facts = parenthesisFacts(text.slice(open + 1, -1).trim(), reading);
  return facts === null ? null : { body: text.slice(0, open).trimEnd(), facts };
}

/** Where the parenthesis opens that closes at the end of the text. */
function openingOfLast(text: string): number | null {
  if (!text.endsWith(")")) return null;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] === ")") depth += 1;
    else if (text[at] === "(") depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}

const depsPhrase =
  /^(?:depends on|depend on|dépend de|depend de|after|après|apres|requires|blocked by|bloqué par)\s*:?\s+(.+)$/iu;

function parenthesisFacts(inner: string, { line, warn }: Reading): Facts | null {
  const [, depsText] = depsPhrase.exec(inner) ?? [];
  if (depsText !== undefined) return { deps: depsIn(depsText, line, warn) };
  const colon = inner.indexOf(":");
  if (colon < 0) return null;
  const value = inner.slice(colon + 1).trim();
  const bare = value.replace(/^`+|`+$/g, "").trim();
  switch (keyOf(inner.slice(0, colon))) {
    case "id":
      return { names: [bare] };
    case "role":
      return { role: bare };
    case "verify":
      return { verify: [bare] };
    case "touches":
      return { touches: listIn(value) };
    case "skills":
      return { skills: listIn(value) };
    case "estimate":
      return { estimate: bare };
    case "deps":
      return { deps: depsIn(value, line, warn) };
    case "agent":
      return { agent: agentIn(value, line, warn) };
    case "priority":
      return { priority: priorityOf(value) };
    case "status":
      return { state: stateOf(value) };
    default:
      return null;
  }
}

function takeSign(text: string, { line, warn }: Reading): Taken | null {
  const at = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\n")) + 1;
  const word = text.slice(at);
  const body = text.slice(0, at).trimEnd();
  if (body === "") return null;
  const [, sign, name = ""] = /^(@|!|#role:)([\p{L}\p{N}][\p{L}\p{N}._-]*)$/u.exec(word) ?? [];
  if (sign === "@") return { body, facts: { agent: agentIn(name, line, warn) } };
  if (sign === "#role:") return { body, facts: { role: name } };
  const priority = sign === "!" ? priorityOf(name) : null;
  return priority === null ? null : { body, facts: { priority } };
}

/** spec-kit (`tasks.md`): an id, then `[P]`, `[US1]` … in any order. */
const specKit = /^(T\d{3,})\s+((?:\[[^[\]]{1,20}\]\s*)*)(\S.*)$/s;
const leadingId =
  /^\[?([\p{Lu}][\p{Lu}\p{N}]*(?:[-_][\p{Lu}\p{N}]+)*-\d+[a-z]?)\]?\s*(?::|—|–|-\s)\s*(\S.*)$/su;
/** OpenSpec: `1.1 Title`. */
const leadingNumber = /^(\d{1,4}(?:\.\d{1,4}){1,5})\.?\s+(\S.*)$/s;

function takeLeading(text: string): Marked {
  const [, kitId, kitMarks = "", kitTitle = ""] = specKit.exec(text) ?? [];
  if (kitId !== undefined) {
    const marks = [...kitMarks.matchAll(/\[([^\]]+)\]/g)].map(([, mark = ""]) => mark);
    const parallel = marks.some((mark) => plainWords(mark) === "p");
    return { title: kitTitle, names: [kitId], parallel };
  }
  const [, id, title = ""] = leadingId.exec(text) ?? [];
  if (id !== undefined) return { title, names: [id], parallel: null };
  const [, number = "", rest = ""] = leadingNumber.exec(text) ?? [];
  if (numberIn(number) !== null) return { title: rest, number, parallel: null };
  return { title: text, parallel: null };
}

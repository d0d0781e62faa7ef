/** Inputs that nobody has written: recorded ones, cut, repeated, mixed and broken by a seed. */

import type { Random } from "../property/random.ts";

/** Longer ones say nothing that these do not (chosen); a terminal's row and a log's line are shorter. */
const longest = 48 * 1024;

const tokens = [
  "\u0000",
  "\u001b[",
  "\u001b]0;",
  "\u001b[31m",
  "\u0007",
  "\r",
  "\n",
  "\t",
  "\\",
  '"',
  "'",
  "`",
  "```",
  "~~~",
  "{",
  "}",
  "[",
  "]",
  "null",
  "-1",
  "1e999",
  "9007199254740993",
  "99999999999999999999",
  "NaN",
  "__proto__",
  "constructor",
  "toString",
  "%begin 1 1 1\n",
  "%end 1 1 1\n",
  "%output %0 ",
  "&a",
  "*a",
  "<<:",
  "!!binary",
  "- [ ] ",
  "| a | b |\n|---|---|\n",
  "# ",
  "<!--",
  "-->",
  "<![CDATA[",
  "&#27;",
  "&lt;",
  "<testcase",
  "not ok 1 - ",
  "\ud800",
  "\u202e",
  "é",
  "👩‍👩‍👧",
  "resets at ",
  "try again in ",
  "(Europe/Paris)",
  "2026-11-31T25:61:00Z",
];

export function mutate(random: Random, seeds: readonly string[]): string {
  if (random.chance(0.05)) return noise(random, random.below(600));
  let text = seedOf(random, seeds);
  if (random.chance(0.25)) text = breakJson(random, text);
  const changes = random.below(6);
  for (let n = 0; n < changes; n += 1) text = change(random, text, seeds);
  return text.slice(0, longest);
}

function seedOf(random: Random, seeds: readonly string[]): string {
  return seeds[random.below(seeds.length)] ?? "";
}

function change(random: Random, text: string, seeds: readonly string[]): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + random.below(1 + Math.floor(text.length / 2)));
  const put = (piece: string): string => text.slice(0, at) + piece + text.slice(at);
  switch (random.below(9)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at);
    case 2:
      return put(text.slice(at, to));
    case 3:
      return put(seedOf(random, seeds).slice(random.below(400)).slice(0, random.below(400)));
    case 4:
      return put(noise(random, random.below(20)));
    case 5: {
      const piece = text.slice(at, Math.min(to, at + 1 + random.below(30)));
      return put((random.chance(0.5) ? piece : token(random)).repeat(random.below(2_000)));
    }
    case 6:
      return text.replace(/\d+/g, (digits) => (random.chance(0.3) ? token(random) : digits));
    case 7: {
      const lines = text.split("\n");
      return lines.toSorted(() => random.next() - 0.5).join("\n");
    }
    default:
      return put(token(random));
  }
}

function token(random: Random): string {
  return tokens[random.below(tokens.length)] ?? "";
}

function noise(random: Random, length: number): string {
  const wide = random.chance(0.5) ? 0x80 : 0x1_0000;
  return Array.from({ length }, () => String.fromCharCode(random.below(wide))).join("");
}

/** What is JSON, or begins with it, gets other values in its places. */
function breakJson(random: Random, text: string): string {
  const begin = text.indexOf("{");
  if (begin === -1) return text;
  try {
    const value: unknown = JSON.parse(text.slice(begin));
    return text.slice(0, begin) + JSON.stringify(twist(random, value, 0));
  } catch {
    // It is none: it is broken in other ways.
    return text;
  }
}

function twist(random: Random, value: unknown, depth: number): unknown {
  if (random.chance(0.08)) return odd(random, value);
  if (depth > 40 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => twist(random, one, depth + 1));
  const entries = Object.entries(value).filter(() => !random.chance(0.04));
  return Object.fromEntries(entries.map(([key, one]) => [key, twist(random, one, depth + 1)]));
}

function odd(random: Random, value: unknown): unknown {
  switch (random.below(11)) {
    case 0:
      return null;
    case 1:
      return [];
    case 2:
      return {};
    case 3:
      return token(random);
    case 4:
      return -Number.MAX_VALUE;
    case 5:
      return Number.MAX_SAFE_INTEGER;
    case 6:
      return true;
    case 7:
      return [value, value];
    case 8:
      return { type: value, text: value };
    case 9:
      return "x".repeat(random.below(5_000));
    default:
      return nested(random.below(2_000));
  }
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let n = 0; n < depth; n += 1) value = [value];
  return value;
}

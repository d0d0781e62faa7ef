/**
 * What is wrong, as one word: the same failures have the same fingerprint, however long they took,
 * in whatever order they were told, and wherever the working tree lies.
 */

import { type GateResult, isRed } from "./attempt.ts";
import type { Failure } from "./gate-output.ts";

export type RedGate = Pick<GateResult, "name" | "verdict" | "exitCode" | "failures">;

/** `null`: nothing is red. Numbers, times and paths within messages do not count. */
export function fingerprint(results: readonly RedGate[]): string | null {
  const lines = results.filter(isRed).flatMap(linesOf);
  return lines.length === 0 ? null : hash([...new Set(lines)].toSorted().join("\n"));
}

/**
 * Is all that the gate finds now found before too? Only where its output tells what is wrong: an
 * exit code is the same for whatever it is.
 */
export function wasRedBefore(now: RedGate, before: RedGate): boolean {
  if (!isRed(now) || !isRed(before)) return false;
  const known = new Set((before.failures ?? []).map(failureKey));
  const found = (now.failures ?? []).map(failureKey);
  return found.length > 0 && found.every((key) => known.has(key));
}

function linesOf({ name, verdict, exitCode, failures = [] }: RedGate): readonly string[] {
  if (failures.length === 0) return [`${name} ${verdict} ${exitCode ?? ""}`];
  return failures.map((failure) => `${name} ${failureKey(failure)}`);
}

function failureKey({ file, test, code, message }: Failure): string {
  return JSON.stringify([file, test, code, plain(message)]);
}

/** Without what differs from run to run. */
function plain(message: string): string {
  return message
    .replace(/(?:[A-Za-z]:)?(?:[\w.@~-]*\/)+[\w.@~-]*/g, "/")
    .replace(/0x[0-9a-f]+/gi, "#")
    .replace(/\d+(?:[.,:]\d+)*/g, "#")
    .replace(/#\s?(?:ms|µs|us|ns|s|min)\b/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}

/** FNV-1a over UTF-16, twice with two seeds: 64 bits in hexadecimal, no secret and no signature. */
function hash(text: string): string {
  return [0x811c9dc5, 0x01000193].map((seed) => fnv(text, seed)).join("");
}

function fnv(text: string, seed: number): string {
  let value = seed;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}

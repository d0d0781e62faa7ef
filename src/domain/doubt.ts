/**
 * What is green and cannot be believed: tests that are fewer than before, or that pass only as the
 * change has left them. A person decides, unless the brief names the file.
 */

import type { GateResult } from "./attempt.ts";
import { type Brief, briefText } from "./brief.ts";
import { scopesMeet } from "./scope.ts";
import { listText } from "./view-text.ts";

/** A green gate, seen again. */
export interface SecondLook {
  readonly name: string;
  readonly protects: readonly string[];
  readonly now: GateResult;
  /** On the target, before the change; `null`: nobody has looked. */
  readonly before: GateResult | null;
  /** On the change with the target's version of what it protects; `null`: that is the same. */
  readonly laid: GateResult | null;
}

export interface Change {
  readonly changed: readonly string[];
  readonly brief: Brief;
}

/** Changed files that a gate protects, but for those that the brief names. */
export function touchedProtected(protects: readonly string[], change: Change): readonly string[] {
  return change.changed.filter(
    (file) => protects.length > 0 && scopesMeet(protects, [file]) && !isNamed(change.brief, file),
  );
}

/** One sentence each; empty: nothing speaks against it. */
export function doubts(looks: readonly SecondLook[], change: Change): readonly string[] {
  return looks.flatMap((look) => [...laidDoubts(look, change), ...countDoubts(look, change)]);
}

function laidDoubts({ name, protects, now, laid, before }: SecondLook, change: Change) {
  if (laid === null) return [];
  const files = listText(touchedProtected(protects, change), 3);
  if (laid.verdict !== now.verdict) {
    return [`${name} ${now.verdict} with the changed ${files}, and ${laid.verdict} without`];
  }
  const fewer = fewerTests(laid, before);
  return fewer === null ? [] : [`${name} ran ${fewer}, even with ${files} as they were`];
}

function countDoubts(look: SecondLook, change: Change): readonly string[] {
  const { name, now, before } = look;
  if (isCountExcused(look, change)) return [];
  const fewer = fewerTests(now, before);
  const skips = moreSkipped(now, before);
  return [
    ...(fewer === null ? [] : [`${name} ran ${fewer}`]),
    ...(skips === null ? [] : [`${name} skips ${skips}`]),
  ];
}

function fewerTests({ tests }: GateResult, before: GateResult | null): string | null {
  const known = before?.tests;
  if (tests === undefined || known === undefined || tests.ran >= known.ran) return null;
  return `${tests.ran} tests where ${known.ran} ran before`;
}

function moreSkipped({ tests }: GateResult, before: GateResult | null): string | null {
  const known = before?.tests;
  if (tests === undefined || known === undefined || tests.skipped <= known.skipped) return null;
  return `${tests.skipped} tests where ${known.skipped} were skipped before`;
}

/** The brief names a file of tests that was changed: then their number may change too. */
function isCountExcused({ protects }: SecondLook, { changed, brief }: Change): boolean {
  return changed.some((file) => {
    const isTest = protects.length > 0 ? scopesMeet(protects, [file]) : /test|spec/i.test(file);
    return isTest && isNamed(brief, file);
  });
}

/** By its path, or by its own name where that has an ending. */
function isNamed(brief: Brief, file: string): boolean {
  const text = briefText(brief);
  const name = file.slice(file.lastIndexOf("/") + 1);
  return [file, ...(name.includes(".") ? [name] : [])].some((one) => hasWord(text, one));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + word.length] ?? " ";
    if (!/[\w/-]/.test(before) && !/[\w/-]/.test(after)) return true;
  }
  return false;
}

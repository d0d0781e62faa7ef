/**
 * What those before it have left, for whoever goes on: how each ended and what its agent said, what
 * git knows of the work, the last verdicts, and how to check. Words of agents are fenced: they are
 * material, and no part of the document. Pure.
 */

import { stripVTControlCharacters } from "node:util";
import type { Evidence, Report } from "../domain/agent.ts";
import type { GateResult } from "../domain/attempt.ts";
import type { LeftAttempt } from "../domain/handoff.ts";
import { durationText } from "../domain/view-duration.ts";
import { listText, oneLine, plainWord } from "../domain/view-text.ts";
import type { HandoffDocument } from "./prompt.ts";
import { bullets, fenced } from "./section.ts";

/** Of one attempt's words, in characters; of lines of a list (chosen: the document stays readable). */
const wordsLength = 4_000;
const mostLines = 40;

export function handoffText(
  document: HandoffDocument,
  rules: {
    readonly gates: readonly { readonly name: string; readonly run: string }[];
    readonly stateDir: string;
  },
): string {
  const { facts, file } = document;
  return [
    `You take this task over. What follows was put together from the log and from git; it is kept in \`${file}\`.`,
    "",
    ...[...facts.before, facts.last].flatMap((attempt) => leftText(attempt)),
    ...workText(document),
    ...part(
      "Last verdicts",
      facts.gates.map((gate) => verdictText(gate, rules.stateDir)),
    ),
    ...part("Seen last", facts.evidence.map(evidenceText)),
    ...checkText(document, rules.gates),
  ].join("\n");
}

function leftText({
  n,
  agent,
  outcome,
  why,
  startedAt,
  endedAt,
  words,
}: LeftAttempt): readonly string[] {
  const length = durationText(Math.max(0, endedAt - startedAt));
  const end = `Attempt ${n} by ${agent} ended ${plainWord(outcome)} after ${length}: ${oneLine(why, 400)}`;
  if (words.length === 0) return [end, `Its agent has left no words.`, ""];
  return [end, "What its agent said, in its own words:", fenced(wordsOf(words)), ""];
}

/** The newest words count most: where there is no room for all, the oldest go. */
function wordsOf(words: readonly Report[]): string {
  const all = words.map(({ kind, text, files, tests }) =>
    [
      `${kind}: ${text.trim()}`,
      ...(files.length > 0 ? [`files: ${listText(files, 20)}`] : []),
      ...(tests === null ? [] : [`tests: ${tests}`]),
    ].join("\n"),
  );
  const text = plain(all.join("\n\n"));
  return text.length <= wordsLength ? text : `…${text.slice(-wordsLength)}`;
}

/** Nothing in it steers a terminal or turns the direction of the text. */
function plain(text: string): string {
  return stripVTControlCharacters(text.replaceAll("\r\n", "\n")).replace(
    /[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    "",
  );
}

function workText({ work }: HandoffDocument): readonly string[] {
  if (work === null) return ["Nothing of their work was left: you start from the target.", ""];
  const { commits, changed, since } = work;
  return [
    `Your branch starts from all of their work, also what they had not committed. It left the target at ${since.slice(0, 10)}: \`git diff ${since.slice(0, 10)}\` shows it.`,
    "",
    ...part(
      "Commits, the newest first",
      commits.map((line) => oneLine(line, 200)),
    ),
    ...part(
      "Changed files",
      changed.map(({ path, change }) => `${oneLine(path, 300)} (${plainWord(change)})`),
    ),
  ];
}

function verdictText(
  { name, verdict, why, proof, failures = [] }: GateResult,
  stateDir: string,
): string {
  const output = proof === null ? "" : ` Output: ${stateDir}/${proof}`;
  const found = failures.slice(0, 5).map(({ file, line, message }) => {
    const at = file === null ? "" : `${file}${line === null ? "" : `:${line}`} `;
    return `- ${oneLine(`${at}${message}`, 300)}`;
  });
  return [`\`${name}\` ${verdict}: ${oneLine(why, 300)}${output}`, ...found].join("\n");
}

function evidenceText({ source, says }: Evidence): string {
  return `${source}: ${oneLine(says, 300)}`;
}

function checkText(
  { work }: HandoffDocument,
  gates: readonly { readonly name: string; readonly run: string }[],
): readonly string[] {
  const ways = [
    ...(work === null ? [] : ["read the diff before you change anything, and keep what is good"]),
    ...gates.map(({ name, run }) => `\`${name}\`: \`${run}\``),
  ];
  return part("How to check", ways);
}

function part(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length - mostLines;
  const shown = more > 0 ? [...lines.slice(0, mostLines), `and ${more} more`] : lines;
  return [`${title}:`, bullets(shown), ""];
}

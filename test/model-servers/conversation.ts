/**
 * Where a conversation stands, and what the scripted model answers there. Pure; the dialects say
 * what of a request is a person's text and what a tool's result.
 */

import { type Fault, type Round, readScript, type Script, type Step } from "./script.ts";

/** What a request tells of the conversation so far. */
export interface Conversation {
  /** What a person has written, in order. Nothing that the program itself has put in. */
  readonly humans: readonly string[];
  /** Tool results after the last of them. */
  readonly results: number;
  /** They are gone: a summary has taken the place of what came after the last prompt. */
  readonly isCompacted?: boolean;
}

export interface Place {
  readonly prompt: string;
  /** Prompts of a person since the script, that with the script included; 0 without a script. */
  readonly n: number;
  /** `null` when no script says anything about this prompt. */
  readonly round: Round | null;
  readonly step: number;
}

/** A prompt that only names its file counts as that file. */
const byFile = /^Read the file (\S+) and do what it says\.$/;

/**
 * `readPrompt` gives the text of a file; `null`: there is none. `wordsFor` gives the script of a
 * prompt that holds none. Throws a ScriptError.
 */
export function placeOf(
  { humans, results, isCompacted = false }: Conversation,
  readPrompt: (file: string) => string | null,
  wordsFor: (prompt: string) => string | null = () => null,
): Place {
  const scriptOf = (text: string): Script | null => {
    const words = wordsFor(text);
    return readScript(words === null ? text : `<fake>${words}</fake>`);
  };
  const texts = humans.map((text) => {
    const file = byFile.exec(text.trim())?.[1];
    return file === undefined ? text : (readPrompt(file) ?? text);
  });
  const prompt = texts.at(-1) ?? "";
  const start = texts.findLastIndex((text) => scriptOf(text) !== null);
  if (start === -1) return { prompt, n: 0, round: null, step: results };
  const n = texts.length - start;
  const round = scriptOf(texts[start] ?? "")?.[n - 1] ?? null;
  // Which steps are in a summary cannot be known: none of them is done again.
  const step = isCompacted ? Math.max(results, round?.steps.length ?? 0) : results;
  return { prompt, n, round, step };
}

export function faultAt(round: Round | null, step: number, attempt: number): Fault | null {
  const faults = round?.faults ?? [];
  return faults.find((fault) => fault.at === step && attempt <= fault.times) ?? null;
}

/** As the script has it; `null`: it is estimated. */
export function usageAt(round: Round | null, step: number): number | null {
  return round === null || step < round.usageFrom ? null : round.usage;
}

/** What the model answers: a tool's call, or its last words. */
export interface Move {
  readonly call: Step | null;
  readonly text: string;
  readonly pieces: readonly string[];
  readonly gapMs: number;
  readonly thinkMs: number | null;
  readonly isTruncated: boolean;
}

export function moveAt(round: Round | null, step: number): Move {
  const call = round?.steps[step] ?? null;
  const isScripted = round !== null && round.steps.length > 0;
  const last = round?.say ?? (isScripted ? "The work is finished." : "I have read it.");
  const text = call === null ? last : `Step ${step + 1} of ${round?.steps.length ?? 0}.`;
  return {
    call,
    text,
    pieces: piecesOf(text, call === null ? (round?.pieces ?? null) : null),
    gapMs: round?.gapMs ?? 0,
    thinkMs: round?.thinkMs ?? null,
    isTruncated: call === null && (round?.isTruncated ?? false),
  };
}

/** As long as a model's own, about (chosen). */
const usualPiece = 16;

/** With `count`, so many pieces come before the text itself, so that it streams as long as wanted. */
function piecesOf(text: string, count: number | null): readonly string[] {
  const own = text.match(new RegExp(`[\\s\\S]{1,${usualPiece}}`, "g")) ?? [];
  const before = Array.from({ length: count ?? 0 }, (_, n) => `piece ${n + 1} of ${count}. `);
  return [...before, ...own];
}

/** Enough for a meter: four bytes to a token. */
export function estimateTokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value ?? "").length / 4);
}

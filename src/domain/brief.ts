/**
 * What a task says to an agent. The brief itself is kept beside the log, by its hash; the log
 * holds the hash and the number of lines.
 */

export interface Brief {
  readonly context: string;
  readonly objective: string;
  /** Paths, with a word about each where the author gave one. */
  readonly files: readonly string[];
  readonly instructions: readonly string[];
  readonly constraints: readonly string[];
  readonly deliverables: readonly string[];
  readonly acceptance: readonly string[];
  readonly tests: readonly string[];
  /** Questions that it answers beforehand, a line each (`brief-answer.ts`). Absent: none. */
  readonly answers?: readonly string[];
  /** The author's own text, untouched. */
  readonly raw: string;
}

export const emptyBrief: Brief = {
  context: "",
  objective: "",
  files: [],
  instructions: [],
  constraints: [],
  deliverables: [],
  acceptance: [],
  tests: [],
  raw: "",
};

/** A prompt of fewer lines is reported as thin (the golden rule of the users' own documents). */
export const thinBelowLines = 15;

/** How many lines of substance the brief gives a prompt, headings not counted. */
export function briefLines(brief: Brief): number {
  const structured = [
    ...linesOf(brief.context),
    ...linesOf(brief.objective),
    ...brief.files,
    ...brief.instructions.flatMap(linesOf),
    ...brief.constraints,
    ...brief.deliverables,
    ...brief.acceptance,
    ...brief.tests,
    ...(brief.answers ?? []),
  ].length;
  return structured > 0 ? structured : linesOf(brief.raw).length;
}

export function isThin(lines: number): boolean {
  return lines < thinBelowLines;
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** The text under which a brief is kept. */
export function briefText(brief: Brief): string {
  return JSON.stringify(brief);
}

/** The inverse of `briefText`; other text becomes a brief that has only its raw form. */
export function briefFrom(text: string): Brief {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return { ...emptyBrief, ...parsed };
  } catch {
    // Not one of ours: it is still words for an agent.
  }
  return { ...emptyBrief, raw: text };
}

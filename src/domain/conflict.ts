/**
 * A landing that does not fit the target: what is on both sides, for the agent that must join them,
 * and a look at what the joining has lost.
 */

import type { CommitSha, TaskId } from "./id.ts";

export interface Conflict {
  /** Where the target was. */
  readonly onto: CommitSha;
  /** Each with the places at odds, as git marks them. */
  readonly files: readonly { readonly path: string; readonly hunks: string }[];
  /** How many more files are at odds. */
  readonly more: number;
  /** What has come to the target since and touched these files; `task`: one of temoin's. */
  readonly others: readonly { readonly task: TaskId | null; readonly title: string }[];
}

/** Bounds of what is told (chosen: both sides of a usual conflict, and no more than a page or two). */
export const conflictBounds = { files: 6, lines: 60, columns: 240 } as const;

const contextLines = 3;

/** The places at odds in a file with git's markers, each with a few lines around it. */
export function conflictHunks(text: string): string {
  const lines = text.split("\n");
  const wanted = new Set<number>();
  let isInside = false;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith("<<<<<<< ")) isInside = true;
    const isEnd = line.startsWith(">>>>>>> ");
    if (isInside) for (let n = at - contextLines; n <= at + contextLines; n += 1) wanted.add(n);
    if (isEnd) isInside = false;
  }
  const places = [...wanted].filter((at) => at >= 0 && at < lines.length).toSorted((a, b) => a - b);
  const shown: string[] = [];
  for (const [n, at] of places.entries()) {
    if (shown.length >= conflictBounds.lines) {
      shown.push(`… ${places.length - n} more lines`);
      break;
    }
    if (n > 0 && places[n - 1] !== at - 1) shown.push("…");
    shown.push((lines[at] ?? "").slice(0, conflictBounds.columns));
  }
  return shown.join("\n");
}

/** A text on both sides, and where they are joined; `null`: the file is not there. */
export interface Sides {
  readonly path: string;
  readonly base: string | null;
  readonly theirs: string | null;
  readonly result: string | null;
}

/**
 * Lines that the other side had added since the base and that are not in the result, in their order.
 * Lines count by their text without blanks around it, wherever they stand; those of signs alone
 * (`}`, `---`) do not count.
 */
export function droppedLines({ base, theirs, result }: Sides): readonly string[] {
  const before = countLines(base);
  const after = countLines(result);
  const wanted = countLines(theirs);
  return [...wanted].flatMap(([line, count]) => {
    const added = count - (before.get(line) ?? 0);
    return added > 0 && (after.get(line) ?? 0) < Math.min(count, added) ? [line] : [];
  });
}

function countLines(text: string | null): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const raw of (text ?? "").split("\n")) {
    const line = raw.trim();
    if (/[\p{L}\p{N}]/u.test(line)) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

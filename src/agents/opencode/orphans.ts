/**
 * What the commands of a turn have left running outside of their own process group: opencode ends
 * the group with the turn, and nothing else. Its own helpers, as language servers, are none. Pure.
 */

import type { ProcessRow } from "../../lib/process-table.ts";

export function keyOf({ pid, startedAt }: ProcessRow): string {
  return `${pid} ${startedAt}`;
}

/** `before`: keys of those that were there when the turn began; `members`: all of now. */
export function orphansOf(
  members: readonly ProcessRow[],
  before: ReadonlySet<string>,
): readonly ProcessRow[] {
  const pids = new Set(members.map(({ pid }) => pid));
  return members.filter((row) => !before.has(keyOf(row)) && !pids.has(row.parent));
}

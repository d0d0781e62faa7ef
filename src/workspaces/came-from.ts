/**
 * The commit that the files of a worktree come from, where an agent has checked out a branch that
 * others move on: mostly the target. Measured from a later commit, what has landed meanwhile would
 * look deleted.
 *
 * HEAD cannot tell: it is where the branch is now. The log of the worktree's HEAD can, but for a
 * branch that moved while it was checked out: git writes the files first, and then logs where the
 * branch is by then. So where the branch has moved shortly before, each place it was at is compared
 * with the files, and the nearest counts.
 */

import path from "node:path";
import { type CommitSha, parseSha } from "../domain/id.ts";
import { readRegularFile } from "../lib/text-file.ts";
import { mergeBaseOf } from "./history.ts";
import { gitAt, type Place } from "./place.ts";
import type { Repository } from "./repository.ts";

/** One line of a ref's log. */
export interface RefMove {
  readonly from: CommitSha;
  readonly to: CommitSha;
  /** Seconds since 1970. */
  readonly at: number;
}

/** A checkout of very many files takes some seconds; a slow disk some more (chosen). */
const longestCheckout = 60;

/** More landings in that time than anybody has (chosen); each costs a comparison. */
const mostPlaces = 20;

const logLine = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t]*> (\d+) [+-]\d{4}(?:\t|$)/;

/** Oldest first; lines that are none are left out, as git does. */
export function readMoves(log: string): readonly RefMove[] {
  const moves: RefMove[] = [];
  for (const line of log.split("\n")) {
    const [, old = "", now = "", time = ""] = logLine.exec(line) ?? [];
    const [from, to] = [parseSha(old), parseSha(now)];
    if (from !== null && to !== null) moves.push({ from, to, at: Number(time) });
  }
  return moves;
}

/**
 * Where the branch may have been when the files were written; newest first. `head`: the last move of
 * the worktree's HEAD. `branch`: the moves of the branch.
 */
export function placesOf(head: RefMove, branch: readonly RefMove[]): readonly CommitSha[] {
  const places = [head.to];
  const last = branch.findLastIndex(({ to }) => to === head.to);
  for (const move of branch.slice(0, last + 1).toReversed()) {
    if (head.at - move.at > longestCheckout || places.length === mostPlaces) break;
    if (/[^0]/.test(move.from) && !places.includes(move.from)) places.push(move.from);
  }
  return places;
}

export interface StrayHead {
  readonly head: CommitSha;
  readonly branch: string;
}

/** `tree`: all the files. */
export async function cameFrom(
  repository: Repository,
  place: Place,
  { head, branch, tree }: StrayHead & { readonly tree: string },
): Promise<CommitSha> {
  const last = (await readLog(path.join(place.gitDir, "logs", "HEAD"))).at(-1);
  // Logs of refs can be switched off; then HEAD is all that is known.
  if (last === undefined) return head;
  if ((await mergeBaseOf(repository, last.to, head)) !== last.to) return head;
  const log = path.join(repository.commonDir, "logs", "refs", "heads", branch);
  const places = placesOf(last, await readLog(log));
  let nearest = last.to;
  let fewest = Infinity;
  for (const one of places.length > 1 ? places : []) {
    const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", one, tree];
    // 128: a commit that is not there any more.
    const { text, exitCode } = await gitAt(place, args, { answers: [128] });
    const differing = exitCode === 0 ? text.split("\0").length : Infinity;
    if (differing < fewest) [nearest, fewest] = [one, differing];
  }
  return nearest;
}

async function readLog(file: string): Promise<readonly RefMove[]> {
  const text = await readRegularFile(file).catch(() => "");
  return readMoves(text);
}

/** The status of a place, also when an agent has left an index that git cannot read. */

import { rename } from "node:fs/promises";
import path from "node:path";
import { GitError } from "./git.ts";
import { gitAt, type Place } from "./place.ts";
import { checkedOutArguments, readStatus, type Status, statusArguments } from "./status.ts";

/**
 * What is checked out, and what is unmerged. It does not look for untracked files, which is a walk
 * over all folders, and does not write to the index.
 */
export function checkedOutAt(place: Place): Promise<CheckedOut> {
  return read(place, checkedOutArguments);
}

export type CheckedOut = Pick<Status, "head" | "branch" | "unmerged">;

export function statusOf(place: Place): Promise<Status> {
  return read(place, statusArguments);
}

/** An index says what is staged; the files say what is there, and that is what counts here. */
async function read(place: Place, args: readonly string[]): Promise<Status> {
  try {
    return readStatus((await gitAt(place, args)).bytes);
  } catch (error) {
    if (!(error instanceof GitError) || !/index file|bad index/.test(error.stderr)) throw error;
  }
  const index = path.join(place.gitDir, "index");
  await rename(index, `${index}.damaged`);
  return readStatus((await gitAt(place, args)).bytes);
}

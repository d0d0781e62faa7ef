/** The status of a place, also when an agent has left an index that git cannot read. */

import { rename } from "node:fs/promises";
import path from "node:path";
import { GitError } from "./git.ts";
import { gitAt, type Place } from "./place.ts";
import { readStatus, type Status, statusArguments } from "./status.ts";

/** An index says what is staged; the files say what is there, and that is what counts here. */
export async function statusOf(place: Place): Promise<Status> {
  try {
    return readStatus((await gitAt(place, statusArguments)).bytes);
  } catch (error) {
    if (!(error instanceof GitError) || !/index file|bad index/.test(error.stderr)) throw error;
  }
  const index = path.join(place.gitDir, "index");
  await rename(index, `${index}.damaged`);
  return readStatus((await gitAt(place, statusArguments)).bytes);
}

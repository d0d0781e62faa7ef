/**
 * Removing what nothing needs any more. Each thing is looked at once more just before: a ref goes
 * only from the commit at which it was seen, a worktree only while git finds it clean.
 */

import { rm, rmdir } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import { gitIn, type Repository } from "./repository.ts";
import { findInTheWay, findPlace, type SurveyRequest } from "./survey.ts";

/** Rejects with an AppError `refused` when something has come to it since, or a GitError. */
export async function removeWorktree(
  repository: Repository,
  at: string,
  processesOf: SurveyRequest["processesOf"],
): Promise<void> {
  const inTheWay =
    (await findInTheWay(repository, at)) ?? findAtWork(processesOf(path.basename(at), at));
  if (inTheWay !== null) {
    throw new AppError("refused", `\`${at}\` stays: ${inTheWay}.`, {
      hint: "`temoin clean` looks anew.",
    });
  }
  const place = await findPlace(repository, at);
  if ("gitDir" in place) {
    // Made for a sandbox; git takes it for submodules. One that is not empty stays, or there is none.
    await rmdir(path.join(place.gitDir, "modules")).catch(() => undefined);
  }
  await gitIn(repository, ["worktree", "unlock", at], { answers: [128] });
  try {
    // Without --force: git itself keeps what it finds changed or new.
    await gitIn(repository, ["worktree", "remove", at]);
  } catch (error) {
    await gitIn(repository, ["worktree", "lock", "--reason", "temoin", at], { answers: [128] });
    throw error;
  }
  // What temoin knows of the slot's directory says nothing without it.
  await rm(`${at}.json`, { force: true });
}

function findAtWork([pid]: readonly number[]): string | null {
  return pid === undefined ? null : `process ${pid} is at work there`;
}

/** Rejects with a GitError when the ref is not where it was seen. */
export async function removeRef(
  repository: Repository,
  { ref, sha }: { readonly ref: string; readonly sha: CommitSha },
): Promise<void> {
  await gitIn(repository, ["update-ref", "-d", ref, sha]);
}

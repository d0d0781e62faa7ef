/** Commits as git names them: where a ref is, and where two histories part. */

import { type CommitSha, parseSha } from "../domain/id.ts";
import { gitIn, type Repository } from "./repository.ts";

/** A commit as git prints it. */
export function shaFrom(text: string): CommitSha {
  const sha = parseSha(text.trim());
  if (sha === null) throw new Error(`git printed no object name: ${JSON.stringify(text)}`);
  return sha;
}

/** Where exactly that ref is, by its full name; `null`: there is none. */
export async function readRef(repository: Repository, ref: string): Promise<CommitSha | null> {
  const args = ["rev-parse", "--verify", "--quiet", ref];
  const { text } = await gitIn(repository, args, { answers: [1] });
  return text === "" ? null : shaFrom(text);
}

/** The best common ancestor; `null`: the two have nothing in common. */
export async function mergeBaseOf(
  repository: Repository,
  one: CommitSha,
  other: CommitSha,
): Promise<CommitSha | null> {
  const { text } = await gitIn(repository, ["merge-base", one, other], { answers: [1] });
  return text === "" ? null : shaFrom(text);
}

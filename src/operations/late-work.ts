/**
 * Work of an attempt that came when its lease was over: nobody was told of it and nothing rests on
 * it, but it is there, on the attempt's own branch or saved ref.
 */

import type { Attempt } from "../domain/attempt.ts";
import type { State } from "../domain/state.ts";
import type { Task } from "../domain/task.ts";
import { askGit } from "./git.ts";

export interface LateWork {
  /** `temoin/T-1/1`, or a saved ref. */
  readonly ref: string;
  readonly commit: string;
}

/** By the number of the attempt; those with none are left out. Only of attempts that ended `lost`. */
export async function findLateWork(
  root: string,
  { run }: State,
  { spec, attempts }: Task,
): Promise<ReadonlyMap<number, LateWork>> {
  const found = new Map<number, LateWork>();
  for (const attempt of attempts) {
    if (attempt.phase !== "ended" || attempt.outcome !== "lost" || run === null) continue;
    const target = `refs/temoin/target/${run.target}`;
    const places = [
      `refs/heads/${attempt.branch}`,
      `refs/temoin/saved/${spec.id}/${attempt.n}/`,
    ] as const;
    const format = "--format=%(objectname) %(refname)";
    // What is in the target has landed all the same, or is where the attempt began.
    const listed = await askGit(root, ["for-each-ref", format, `--no-merged=${target}`, ...places]);
    const late = (listed ?? "").split("\n").flatMap((line) => readLine(line, attempt));
    const last = late.at(-1);
    if (last !== undefined) found.set(attempt.n, last);
  }
  return found;
}

/** None, where it is what the attempt is known to have left. */
function readLine(line: string, { work }: Attempt): readonly LateWork[] {
  const [commit = "", name = ""] = line.split(" ");
  const isKnown = commit === work.head || commit === work.saved;
  return commit === "" || isKnown ? [] : [{ commit, ref: name.replace(/^refs\/heads\//, "") }];
}

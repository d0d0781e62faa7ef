/**
 * For which task, attempt and turn a prompt is. A full-screen agent serves one prompt after the
 * other and learns of them only what the prompts say.
 *
 *   - who is told to be the conductor is at the task `conductor`, its attempt is the term;
 *   - else the branch that a task's prompt names (`temoin/T-1/2`) tells task and attempt;
 *   - else a task of the script whose id stands in the text; its attempt is 1, and one more each
 *     time that the context was emptied after a prompt for it;
 *   - else the prompt belongs to the task of the one before, and at first to `task`, attempt 1.
 *
 * The turn counts the prompts of that attempt. A prompt that only names a file is as good as that
 * file. The places before are those of the record: a process that is started anew goes on counting.
 */

import { readFileSync } from "node:fs";
import type { Place } from "../step.ts";

export interface Past {
  /** Of all turns so far, oldest first. */
  readonly places: readonly Place[];
  /** The context was emptied since the last of them. */
  readonly isCleared: boolean;
}

const role = /^You are (?:still )?the conductor\b.*\bterm (\d+)\b/m;
const branch = /\btemoin\/([^\s/`]+)\/(\d+)\b/;
const file = /^Read the file (.+) and do what it says\.$/;

export function placeOf(prompt: string, keys: Iterable<string>, past: Past): Place {
  const { task, attempt } = attemptOf(contentOf(prompt), keys, past);
  const earlier = past.places.filter((one) => one.task === task && one.attempt === attempt);
  return { task, attempt, turn: String(earlier.length + 1) };
}

function attemptOf(
  text: string,
  keys: Iterable<string>,
  { places, isCleared }: Past,
): Pick<Place, "task" | "attempt"> {
  const term = role.exec(text)?.[1];
  if (term !== undefined) return { task: "conductor", attempt: term };
  const [, task, attempt] = branch.exec(text) ?? [];
  if (task !== undefined && attempt !== undefined) return { task, attempt };
  const last = places.at(-1) ?? { task: "task", attempt: "1" };
  const named = tasksOf(keys).find((id) => names(text, id)) ?? last.task;
  const before = places.findLast((one) => one.task === named);
  if (before === undefined) return { task: named, attempt: "1" };
  const isAnew = isCleared && last.task === named;
  return { task: named, attempt: isAnew ? String(Number(before.attempt) + 1) : before.attempt };
}

/** The longest first: `T-1` is not to be found in `T-10`, but in `T-1-b`. */
function tasksOf(keys: Iterable<string>): readonly string[] {
  const ids = new Set([...keys].map((key) => key.split("/")[0] ?? key));
  ids.delete("*");
  return [...ids].sort((a, b) => b.length - a.length);
}

function names(text: string, id: string): boolean {
  const escaped = RegExp.escape(id);
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${escaped}(?![\\p{L}\\p{N}_-])`, "u").test(text);
}

function contentOf(prompt: string): string {
  const path = file.exec(prompt.trim())?.[1];
  if (path === undefined) return prompt;
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The words stand for themselves where there is no such file.
    return prompt;
  }
}

/** A task as a person names it. */

import { findTask, type State } from "../domain/state.ts";
import type { Task } from "../domain/task.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";

/** Rejects with `not_found`, and the name that was probably meant. */
export function requireTask(state: State, text: string): Task {
  const task = findTask(state, text);
  if (task !== null) return task;
  const meant = nearest(text, others(state, text));
  throw new AppError("not_found", `There is no task \`${text}\`.`, {
    hint: meant === null ? "`temoin ls` lists the tasks." : `Did you mean ${meant}?`,
  });
}

/** `T-8` is no slip for `T-9`: names that differ only in their numbers are not suggested. */
function others(state: State, text: string): readonly string[] {
  const shape = text.replace(/\d+/g, "#").toUpperCase();
  return [...state.names.keys()].filter(
    (name) => name.replace(/\d+/g, "#").toUpperCase() !== shape || name.length !== text.length,
  );
}

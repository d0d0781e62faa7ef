/** A task as a person names it. */

import { findTask, type State } from "../domain/state.ts";
import type { Task } from "../domain/task.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";

/** Rejects with `not_found`, and the name that was probably meant. */
export function requireTask(state: State, text: string): Task {
  const task = findTask(state, text);
  if (task !== null) return task;
  const meant = nearest(text, state.names.keys());
  throw new AppError("not_found", `There is no task \`${text}\`.`, {
    hint: meant === null ? "`temoin ls` lists the tasks." : `Did you mean ${meant}?`,
  });
}

/** What a verb that alters the queue tells: what has changed, and one next step. */

import type { Instant } from "../domain/id.ts";
import type { PersonInput } from "../domain/input.ts";
import { taskOf } from "../domain/state.ts";
import type { Task, TaskState } from "../domain/task.ts";
import type { Context } from "./context.ts";
import { requireTask } from "./find-task.ts";

export interface Change {
  /** One sentence. */
  readonly changed: string;
  /** The tasks that it is about, as they stand now. */
  readonly tasks: readonly { readonly id: string; readonly state: TaskState }[];
  readonly warnings: readonly string[];
  /** A command, with a word about it where it needs one. */
  readonly next: string;
}

export interface TaskWish {
  readonly wish: (task: Task) => PersonInput;
  /** From how the task stands afterwards. */
  readonly tell: (now: Task, before: Task) => Pick<Change, "changed" | "next">;
}

/** Asks something about one task, and looks at what it has become. */
export async function changeTask(
  context: Context,
  name: string,
  { wish, tell }: TaskWish,
): Promise<Change> {
  const before = requireTask(await context.state(), name);
  await context.ask(wish(before));
  const now = taskOf(await context.state(), before.spec.id);
  return { ...tell(now, before), tasks: [standing(now)], warnings: [] };
}

/** No two tells of one task come in the same millisecond with the same count before them. */
export function nextTellId({ spec, tells }: Task, now: Instant): string {
  return `${spec.id}/tell/${tells.length + 1}-${now}`;
}

export function standing(task: Task): { readonly id: string; readonly state: TaskState } {
  return { id: task.spec.id, state: task.state };
}

/** `T-3 is running: its agent is ended first.` for what an attempt has to end before. */
export function endsFirst(task: Task): boolean {
  return (task.state === "running" || task.state === "landing") && task.ending !== null;
}

/** A person holds a task back, or the whole project, and lets it go on. */

import type { Draft } from "./draft.ts";
import { nextOfStarted, type Refusal, refuse } from "./refusal.ts";
import type { Task } from "./task.ts";
import { plainWord } from "./view-text.ts";

export function pauseTask(draft: Draft, task: Task): Refusal | null {
  const { id } = task.spec;
  if (task.state !== "waiting" && task.state !== "queued") {
    return refuse(
      "refused",
      `${id} is ${plainWord(task.state)}: only what has not started can be paused.`,
      nextOfStarted(task),
    );
  }
  if (!task.paused) draft.emit({ type: "task_paused", task: id });
  return null;
}

export function resumeTask(draft: Draft, task: Task): Refusal | null {
  const { id } = task.spec;
  if (!task.paused) return refuse("refused", `${id} is not paused.`, `temoin why ${id}`);
  draft.emit({ type: "task_resumed", task: id });
  return null;
}

export function pauseProject(draft: Draft): null {
  if (!draft.state.paused) draft.emit({ type: "project_paused" });
  return null;
}

export function resumeProject(draft: Draft): Refusal | null {
  if (!draft.state.paused) {
    return refuse("refused", "The project is not paused.", "temoin status");
  }
  draft.emit({ type: "project_resumed" });
  return null;
}

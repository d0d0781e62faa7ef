/** The colour of a state; never its only sign. */

import type { TaskState } from "../domain/task.ts";
import type { Face, Style } from "./face.ts";

const styles: Readonly<Partial<Record<TaskState, Style>>> = {
  running: "cyan",
  landing: "cyan",
  done: "green",
  needs_human: "yellow",
  failed: "red",
  cancelled: "dim",
  skipped: "dim",
};

export function styleState(face: Face, state: TaskState, text: string): string {
  const style = styles[state];
  return style === undefined ? text : face.style(style, text);
}

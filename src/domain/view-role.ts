/**
 * What a conductor is handed: the state of each task, what was decided, what is pending, and the
 * words of the one before. It is written from the store, so that nobody's help is needed for it.
 */

import { goal } from "./goal-items.ts";
import { judgements } from "./judgement.ts";
import type { State } from "./state.ts";
import type { Task } from "./task.ts";
import { stateText } from "./view-task.ts";
import { countText, oneLine } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

/** Rows of tasks (chosen); the board has them all. */
const mostTasks = 200;
/** Of words of its own: what is longer leaves its successor no room to judge (chosen). */
const longestWords = 20_000;

/** Markdown, with a line end. */
export function roleHandoff(state: State): string {
  const { term, agent, after, why, since, decided, inherited, calls } = state.conductor;
  const lines = [
    `# Handoff of the conductor: ${after ?? "nobody"} to ${agent ?? "nobody"}`,
    "",
    `- Term ${term}, since ${plainTime(since)}`,
    `- Why: ${oneLine(why, 400)}`,
    `- Calls so far: ${calls}`,
    "",
    "## Goal",
    "",
    ...listed(
      goal(state).map(({ name, met, detail }) => `${met ? "met" : "not met"}: ${name} (${detail})`),
    ),
    "",
    "## Tasks",
    "",
    countText(state.tasks.size, "task"),
    "",
    ...taskLines(state),
    "",
    "## Decisions",
    "",
    ...listed(decided.map((one) => `term ${one.term}, ${one.by}: ${oneLine(one.text, 600)}`)),
    "",
    "## Pending",
    "",
    ...listed(judgements(state).map(({ says }) => oneLine(says, 400))),
    "",
    "## Words of the one before",
    "",
    inherited === null ? "None were left." : quoted(inherited),
  ];
  return `${lines.join("\n")}\n`;
}

function taskLines(state: State): readonly string[] {
  const open: Task[] = [];
  const closed: Task[] = [];
  for (const task of state.tasks.values()) {
    const isClosed = ["done", "skipped", "cancelled"].includes(task.state);
    (isClosed ? closed : open).push(task);
  }
  const shown = [...open, ...closed].slice(0, mostTasks);
  const rest = state.tasks.size - shown.length;
  return [...shown.map(taskLine), ...(rest > 0 ? [`- … and ${rest} more`] : [])];
}

function taskLine(task: Task): string {
  const last = task.attempts.at(-1);
  const ended = last?.phase === "ended" ? `; last attempt ${last.outcome}: ${last.why}` : "";
  const { id, title, deps } = task.spec;
  const after = deps.length === 0 ? "" : `; after ${deps.join(", ")}`;
  return `- ${id} ${stateText(task.state)}: ${oneLine(title)}${after}${oneLine(ended, 300)}`;
}

function listed(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ["None."] : lines.map((line) => `- ${line}`);
}

/** Somebody's words stay what they are: no heading of theirs is one of this page. */
function quoted(text: string): string {
  const left = text.length - longestWords;
  const words = text
    .slice(0, longestWords)
    .trimEnd()
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
  return left > 0 ? `${words}\n\n(${left} more characters are left out.)` : words;
}

/**
 * A task that nobody has asked for in so many words: temoin opens it for what is red or missing. Its
 * brief comes with it, and it is like any other task from then on.
 */

import { type Brief, briefLines } from "./brief.ts";
import { type BlobHash, parseTaskId, type TaskId } from "./id.ts";
import type { State } from "./state.ts";
import type { Priority, TaskSpec } from "./task.ts";
import { oneLine } from "./view-text.ts";

export interface OwnTask {
  /** Of its id: `FIX` becomes `FIX-1`, or the next one that nobody has. */
  readonly prefix: "FIX" | "G";
  readonly title: string;
  readonly priority: Priority;
  readonly brief: Brief;
  /** What it is for: the failures that it mends, or an item of the goal. */
  readonly purpose: Pick<TaskSpec, "mends"> | Pick<TaskSpec, "goal">;
  readonly role?: string | null;
  readonly verify?: readonly string[];
}

export function ownTaskSpec(state: State, task: OwnTask): TaskSpec {
  const { prefix, title, priority, brief, purpose, role = null, verify = [] } = task;
  return {
    id: freeId(state, prefix),
    aliases: [],
    title: oneLine(title, 120),
    priority,
    agent: null,
    role,
    deps: [],
    skills: [],
    phase: null,
    estimate: null,
    touches: [],
    verify,
    // Nothing is kept under it: the brief is at hand.
    brief: "" as BlobHash,
    written: brief,
    briefLines: briefLines(brief),
    source: null,
    ...purpose,
  };
}

function freeId(state: State, prefix: OwnTask["prefix"]): TaskId {
  for (let n = 1; ; n += 1) {
    const id = parseTaskId(`${prefix}-${n}`);
    if (id === null) throw new Error(`${prefix}-${n} is the id of a task`);
    if (!state.tasks.has(id) && !state.names.has(id)) return id;
  }
}

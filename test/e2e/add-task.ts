/** Puts a task into a scratch project's queue, without a process. */

import { openApp } from "../../src/app.ts";
import { briefText, emptyBrief } from "../../src/domain/brief.ts";
import { parseTaskId, type TaskId } from "../../src/domain/id.ts";
import type { TaskSpec } from "../../src/domain/task.ts";
import type { Scratch } from "./scratch-project.ts";

export async function addTask(
  scratch: Scratch,
  id: string,
  more: Partial<Omit<TaskSpec, "id">> = {},
): Promise<TaskId> {
  const app = openApp({ dir: scratch.dir, env: scratch.env });
  const [brief] = await app.keep([briefText({ ...emptyBrief, objective: `Do ${id}.` })]);
  const known = parseTaskId(id);
  if (brief === undefined || known === null) throw new Error(`${id} is no task id`);
  const spec: TaskSpec = {
    id: known,
    aliases: [],
    title: `Do ${id}`,
    priority: "medium",
    agent: null,
    role: null,
    deps: [],
    skills: [],
    phase: null,
    estimate: null,
    touches: [],
    verify: [],
    brief,
    briefLines: 1,
    source: null,
    ...more,
  };
  await app.ask({ type: "add", tasks: [{ spec, start: "open" }] });
  return known;
}

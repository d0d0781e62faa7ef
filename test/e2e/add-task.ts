/** Puts a task into a scratch project's queue, without a process. */

import { openApp } from "../../src/app.ts";
import { briefText, emptyBrief } from "../../src/domain/brief.ts";
import type { TaskId } from "../../src/domain/id.ts";
import type { TaskSpec } from "../../src/domain/task.ts";
import { spec } from "../task-spec.ts";
import type { Scratch } from "./scratch-project.ts";

export async function addTask(
  scratch: Scratch,
  id: string,
  more: Partial<Omit<TaskSpec, "id">> = {},
): Promise<TaskId> {
  const app = openApp({ dir: scratch.dir, env: scratch.env });
  const [brief] = await app.keep([briefText({ ...emptyBrief, objective: `Do ${id}.` })]);
  if (brief === undefined) throw new Error("a kept text has a hash");
  const wanted = spec(id, { title: `Do ${id}`, brief, briefLines: 1, ...more });
  await app.ask({ type: "add", tasks: [{ spec: wanted, start: "open" }] });
  return wanted.id;
}

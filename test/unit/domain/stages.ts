/** Projects whose only task has been brought to a wanted state. */

import type { TaskState } from "../../../src/domain/task.ts";
import { id } from "../../task-spec.ts";
import { draft, Project } from "./project.ts";

export function taskIn(state: TaskState): Project {
  const project = new Project();
  if (state === "queued") {
    project.add(draft("T-1"));
    return project;
  }
  project.run({ a: [], b: [] }, { perTask: 1 });
  if (state === "waiting") {
    project.add(draft("T-0"), draft("T-1", { deps: [id("T-0")] }));
    return project;
  }
  project.add(draft("T-1"));
  switch (state) {
    case "running":
      break;
    case "landing":
      project.end("T-1", "verified");
      break;
    case "done":
      project.end("T-1", "verified");
      project.land("T-1");
      break;
    case "needs_human":
      project.end("T-1", "blocked");
      break;
    case "failed":
      project.end("T-1", "stalled");
      break;
    case "cancelled":
      project.ask({ type: "cancel", id: id("T-1") });
      project.end("T-1", "cancelled");
      break;
    case "skipped":
      project.ask({ type: "skip", id: id("T-1") });
      project.end("T-1", "cancelled");
      break;
  }
  return project;
}

/** What control asks of a runner between claims. Derived from the state, so that none is lost. */

import type { Report } from "./agent.ts";
import type { TaskId } from "./id.ts";
import { attemptOf } from "./put-task.ts";
import { type State, taskOf } from "./state.ts";

export type Directive =
  | {
      readonly id: string;
      readonly kind: "end";
      readonly task: TaskId;
      readonly attempt: number;
      readonly outcome: "cancelled" | "handed_off";
      readonly why: string;
    }
  | {
      readonly id: string;
      readonly kind: "tell";
      readonly task: TaskId;
      readonly attempt: number;
      readonly text: string;
    }
  | {
      /** What the agent has said of its own work meanwhile. */
      readonly id: string;
      readonly kind: "report";
      readonly task: TaskId;
      readonly attempt: number;
      readonly report: Report;
    };

/** All that is asked of running attempts now. The same wish has the same id each time. */
export function directives(state: State): readonly Directive[] {
  return [...state.running.keys()].flatMap((id) => {
    const task = taskOf(state, id);
    if (task.state !== "running") return [];
    const at = { task: id, attempt: task.attempt };
    const place = `${id}/${task.attempt}`;
    const all: Directive[] = attemptOf(task, task.attempt).reports.map((report, n) => ({
      ...at,
      kind: "report",
      id: `${place}/report/${n}`,
      report,
    }));
    for (const tell of task.tells) {
      if (!tell.delivered) {
        all.push({ ...at, kind: "tell", id: tell.id, text: tell.text });
      }
    }
    if (task.ending !== null) {
      const moved = task.ending.to === "queued";
      all.push({
        ...at,
        kind: "end",
        id: `${place}/end`,
        outcome: moved ? "handed_off" : "cancelled",
        why: task.ending.to === "queued" ? task.ending.why : `${task.ending.to} by a person`,
      });
    }
    return all;
  });
}

/** What control asks of a runner between claims. Derived from the state, so that none is lost. */

import type { Report } from "./agent.ts";
import type { Answer } from "./ask.ts";
import type { Lease } from "./commit.ts";
import type { TaskId } from "./id.ts";
import type { Assignment } from "./input.ts";
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
      readonly id: string;
      readonly kind: "answer";
      readonly task: TaskId;
      readonly attempt: number;
      /** The agent's own id of the ask. */
      readonly agentAsk: string;
      readonly answer: Answer;
    }
  | {
      /** What the agent has said of its own work meanwhile. */
      readonly id: string;
      readonly kind: "report";
      readonly task: TaskId;
      readonly attempt: number;
      readonly report: Report;
    };

/** What a directive is for, and what a lease is of; `null`: a landing or a goal, which gets none. */
export function placeOf(of: Directive | Lease): string | null {
  if ("task" in of) return `${of.task}/${of.attempt}`;
  // Control itself has put the assignment into the offer.
  const assignment = of.data as unknown as Assignment;
  return assignment.kind === "attempt" ? `${assignment.task}/${assignment.attempt}` : null;
}

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
    for (const { id: name, task: asker, ask, answer, answers } of state.asks.values()) {
      // Who is being parked hears it in the next attempt.
      if (asker !== id || answer === null || task.ending?.to === "parked") continue;
      const one = `${place}/answer/${name}/${answers}`;
      all.push({ ...at, kind: "answer", id: one, agentAsk: ask.id, answer });
    }
    if (task.ending !== null) {
      const { ending } = task;
      const isOver = ending.to === "cancelled" || ending.to === "skipped";
      all.push({
        ...at,
        kind: "end",
        id: `${place}/end`,
        outcome: isOver ? "cancelled" : "handed_off",
        why: isOver ? `${ending.to} by ${ending.by ?? "a person"}` : ending.why,
      });
    }
    return all;
  });
}

/** What an agent is asked that is to plan: the goal, and what it has to know of the project for it. */

import type { DraftFinding } from "./drafted-plan.ts";
import type { AgentName } from "./id.ts";
import type { State } from "./state.ts";
import { shownOutcome } from "./view-task.ts";
import { listText, oneLine } from "./view-text.ts";

export interface PlanningOrder {
  readonly agent: AgentName;
  readonly goal: string;
  /** One line for each task that is there. */
  readonly board: readonly string[];
  readonly gates: readonly { readonly name: string; readonly run: string }[];
  /** What agents are configured for. */
  readonly roles: readonly string[];
  /** Tasks of the queue that a draft for this goal has brought in before. */
  readonly before: readonly string[];
}

/** Why it is asked once more: what is wrong with its draft; `null`: it has handed in none. */
export type Missing = readonly DraftFinding[] | null;

/** Told to an agent whose draft is not complete. */
export const completeIt = "Complete it, and hand in the whole of it again.";

/** Why a turn did not come to its end as it should. */
export interface PlanningTrouble {
  readonly says: string;
  /** Its agent takes no further turn. */
  readonly isOver: boolean;
}

/** So often an agent is asked for one draft (chosen). */
export const mostRounds = 3;

/** More lines say less; `temoin ls` has them all (chosen). */
const mostOnBoard = 200;

export function boardLines(state: State): readonly string[] {
  const tasks = [...state.tasks.values()].filter((task) => task.state !== "cancelled");
  const lines = tasks.slice(-mostOnBoard).map((task) => {
    const { id, title, role, deps, touches } = task.spec;
    const facts = [
      role === null ? null : `role ${oneLine(role, 30)}`,
      deps.length === 0 ? null : `after ${listText(deps)}`,
      touches.length === 0 ? null : `touches ${oneLine(listText(touches, 3), 80)}`,
      task.state === "failed" ? shownOutcome(task) : null,
    ].filter((fact) => fact !== null);
    const rest = facts.length === 0 ? "" : ` (${facts.join("; ")})`;
    return `${id} ${task.state}: ${oneLine(title, 100)}${rest}`;
  });
  const left = tasks.length - lines.length;
  return left > 0 ? [`${left} older ones: \`temoin ls\``, ...lines] : lines;
}

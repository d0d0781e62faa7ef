/** The items of the goal, and what is known of each. */

import type { GoalItem } from "./policy.ts";
import type { GoalResult } from "./run-event.ts";
import type { State } from "./state.ts";

/** Each item of the goal, as far as it is known. `detail` says what is missing. */
export function goal(state: State): readonly GoalResult[] {
  const items = state.run?.policy.goal ?? [];
  const results = state.goalCheck?.results ?? [];
  return items.map((item) => {
    const name = goalName(item);
    if (item.kind === "queue") {
      const open = state.tasks.size - state.settled;
      const detail =
        open === 0 ? "every task is done" : `${open} of ${state.tasks.size} tasks open`;
      return { name, met: open === 0, detail };
    }
    // After a landing more is known than was asked for.
    const known = [...results, ...(state.goalKnown?.results ?? [])];
    const result = known.find((one) => one.name === name);
    return result ?? { name, met: false, detail: "not looked at yet" };
  });
}

/** How an item is called in the configuration, in events and in the status. */
export function goalName(item: GoalItem): string {
  switch (item.kind) {
    case "queue":
    case "gates":
      return item.kind;
    case "changed":
      return `changed: ${item.path}`;
    case "run":
      return `run: ${item.command}`;
  }
}

/** Can be looked at while others work: nothing is run for it. */
export function isCheap(item: GoalItem): boolean {
  return item.kind === "changed";
}

/** Every task is done, skipped or cancelled. */
export function isQueueMet(state: State): boolean {
  return state.settled === state.tasks.size;
}

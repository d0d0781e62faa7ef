/** What flaps: gates that were red and passed when they were run once more, with their tests. */

import type { GateResult } from "./attempt.ts";
import type { Instant, TaskId } from "./id.ts";
import type { State } from "./state.ts";

export interface Flaky {
  readonly gate: string;
  /** As its output names it; `null`: the output names none. */
  readonly test: string | null;
  readonly times: number;
  /** Where it was seen, in the order of the queue; empty: on the target alone. */
  readonly tasks: readonly TaskId[];
}

/** In attempts that have begun since then, and in looks at the target; the most frequent first. */
export function flakyTests(
  state: State,
  since: Instant,
  onTarget: readonly GateResult[],
): readonly Flaky[] {
  const found = new Map<string, Flaky>();
  const add = (result: GateResult, seenIn: readonly TaskId[]): void => {
    for (const test of flappingIn(result)) {
      const key = JSON.stringify([result.name, test]);
      const known = found.get(key) ?? { gate: result.name, test, times: 0, tasks: [] };
      const tasks = new Set([...known.tasks, ...seenIn]);
      found.set(key, { ...known, times: known.times + 1, tasks: [...tasks] });
    }
  };
  for (const task of state.tasks.values()) {
    const attempts = task.attempts.filter(({ startedAt }) => startedAt >= since);
    for (const result of attempts.flatMap(({ gates }) => gates)) add(result, [task.spec.id]);
  }
  for (const result of onTarget) add(result, []);
  return [...found.values()].toSorted((a, b) => b.times - a.times);
}

/** A flaky gate keeps the failures of its red run. */
function flappingIn({ flaky, failures = [] }: GateResult): readonly (string | null)[] {
  if (flaky !== true) return [];
  const named = failures.map(({ test }) => test).filter((test) => test !== null);
  return named.length === 0 ? [null] : [...new Set(named)];
}

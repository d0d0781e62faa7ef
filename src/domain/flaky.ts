/** What flaps: gates that were red and passed when they were run once more, with their tests. */

import type { GateResult } from "./attempt.ts";
import type { Instant, TaskId } from "./id.ts";
import type { State } from "./state.ts";

export interface Flaky {
  readonly gate: string;
  /** As its output names it; `null`: the output names none. */
  readonly test: string | null;
  readonly times: number;
  /** Where it was seen, in the order of the queue. */
  readonly tasks: readonly TaskId[];
}

/** In attempts that have begun since then; the most frequent first. */
export function flakyTests(state: State, since: Instant): readonly Flaky[] {
  const found = new Map<string, Flaky>();
  for (const task of state.tasks.values()) {
    const attempts = task.attempts.filter(({ startedAt }) => startedAt >= since);
    for (const result of attempts.flatMap(({ gates }) => gates)) {
      for (const test of flappingIn(result)) {
        const key = JSON.stringify([result.name, test]);
        const known = found.get(key) ?? { gate: result.name, test, times: 0, tasks: [] };
        const tasks = new Set([...known.tasks, task.spec.id]);
        found.set(key, { ...known, times: known.times + 1, tasks: [...tasks] });
      }
    }
  }
  return [...found.values()].toSorted((a, b) => b.times - a.times);
}

/** A flaky gate keeps the failures of its red run. */
function flappingIn({ flaky, failures = [] }: GateResult): readonly (string | null)[] {
  if (flaky !== true) return [];
  const named = failures.map(({ test }) => test).filter((test) => test !== null);
  return named.length === 0 ? [null] : [...new Set(named)];
}
